package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"jinchu/calendar"
	"jinchu/register"
)

// mark is what keys are told apart by: the hash of a made-up number.
func mark(t *testing.T, k *register.Keys) string {
	t.Helper()
	digits := "99010119990302001"
	n, err := register.ParseID(digits+string(register.CheckDigit(digits)), calendar.Date{}, true)
	if err != nil {
		t.Fatal(err)
	}
	return k.Hash("420683", n)
}

func load(t *testing.T, dir string) string {
	t.Helper()
	k, err := loadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	return mark(t, k)
}

func TestLoadKeysMakesTheKeyOnce(t *testing.T) {
	t.Setenv(keyEnv, "")
	dir := filepath.Join(t.TempDir(), "new", "data")
	first := load(t, dir)
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v", info, err)
	}
	if again := load(t, dir); again != first {
		t.Error("the second start has another key")
	}
	if other := load(t, t.TempDir()); other == first {
		t.Error("two installations have the same key")
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}

func TestLoadKeysAtOnce(t *testing.T) {
	t.Setenv(keyEnv, "")
	dir := t.TempDir()
	marks := make([]string, 8)
	var wg sync.WaitGroup
	for i := range marks {
		wg.Go(func() {
			if k, err := loadKeys(dir); err != nil {
				t.Error(err)
			} else {
				marks[i] = mark(t, k)
			}
		})
	}
	wg.Wait()
	for _, m := range marks {
		if m != marks[0] || m == "" {
			t.Fatal("starting at once gives different keys")
		}
	}
}

func TestLoadKeysFromTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(keyEnv, strings.Repeat("0a", register.MasterLen))
	first := load(t, dir)
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); names != nil {
		t.Errorf("a file was made: %v", names)
	}
	t.Setenv(keyEnv, strings.Repeat("0b", register.MasterLen))
	if load(t, dir) == first {
		t.Error("the environment is not read")
	}
}

func TestLoadKeysRefuses(t *testing.T) {
	whole := strings.Repeat("0a", register.MasterLen)
	for _, c := range []struct {
		name, env, text string
		mode            os.FileMode
		want            string
	}{
		{name: "short environment", env: whole[2:], want: keyEnv},
		{name: "environment that is no number", env: "g" + whole[1:], want: keyEnv},
		{name: "short file", text: whole[2:], mode: 0o600, want: "64 hexadecimal digits"},
		{name: "long file", text: whole + "0a", mode: 0o600, want: "64 hexadecimal digits"},
		{name: "empty file", text: "\n", mode: 0o600, want: "64 hexadecimal digits"},
		{name: "readable by the group", text: whole, mode: 0o640, want: "chmod 600"},
		{name: "readable by all", text: whole, mode: 0o604, want: "chmod 600"},
	} {
		dir := t.TempDir()
		t.Setenv(keyEnv, c.env)
		path := filepath.Join(dir, keyFile)
		if c.text != "" {
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
		}
		_, err := loadKeys(dir)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if strings.Contains(err.Error(), "0a0a") {
			t.Errorf("%s: the error shows the key", c.name)
		}
	}
}
