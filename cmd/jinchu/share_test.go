package main

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"jinchu/keyholder"
	"jinchu/sampling"
)

const quarterOver, quarterToCome = "420683/2020Q3", "420683/9999Q4"

func TestShareCommitAndReveal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	flags := []string{"--keys", dir, "--quarter", quarterOver}
	if code, out := exits(t, append([]string{"share", "reveal"}, flags...)...); code != 2 || !strings.Contains(out, "master key") {
		t.Errorf("reveal without a secret: %d %s", code, out)
	}
	code, first := exits(t, append([]string{"share", "commit"}, flags...)...)
	_, again := exits(t, append([]string{"share", "commit"}, flags...)...)
	commitment, err := sampling.ParseHash(strings.TrimSpace(first))
	if code != 0 || err != nil || again != first {
		t.Fatalf("commitments %d %s %s", code, first, again)
	}
	code, out := exits(t, append([]string{"share", "reveal"}, flags...)...)
	key, err := sampling.ParseHash(strings.TrimSpace(out))
	if code != 0 || err != nil || sampling.Key(key).Commit("dic", quarterOver) != commitment {
		t.Errorf("reveal: %d %s", code, out)
	}
	if code, out := exits(t, "share", "reveal", "--keys", dir, "--quarter", quarterToCome); code != 1 || !strings.Contains(out, "from 10000-01-01 on") {
		t.Errorf("reveal before the end: %d %s", code, out)
	}
	if _, other := exits(t, "share", "commit", "--party", "usr", "--keys", dir, "--quarter", quarterOver); other == first {
		t.Error("two parties have one key")
	}
	for _, bad := range [][]string{{"--keys", dir, "--quarter", "2020Q3"}, {"--keys", dir, "--quarter", quarterOver, "--party", "../dic"},
		{"--keys", dir, "--quarter", quarterOver, "--party", "DIC"}, {"--quarter", quarterOver}} {
		if code, out := exits(t, append([]string{"share", "commit"}, bad...)...); code != 2 {
			t.Errorf("%v: %d %s", bad, code, out)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "dic.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v", info, err)
	}
}

// The other side is asked as it will be: with the address and token that were
// printed, before and after a restart.
func TestShareServe(t *testing.T) {
	dir := t.TempDir()
	first, stop := startServing(t, dir)
	token := regexp.MustCompile(`js_\S+`).FindString(first.printed)
	if token == "" {
		t.Fatalf("no token in %s", first.printed)
	}
	one := asked(t, first.address, token, 1)
	stop()
	second, stop := startServing(t, dir)
	defer stop()
	if strings.Contains(second.printed, "js_") {
		t.Error("the token is printed again")
	}
	if asked(t, second.address, token, 1) != one || asked(t, second.address, token, 2) == one {
		t.Error("other shares after a restart")
	}
	for _, name := range []string{"dic.key", "dic.token", keyholder.RecordFile} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || strings.Contains(string(text), token) {
			t.Errorf("%s: %v, or it holds the token", name, err)
		}
	}
}

type serving struct{ printed, address string }

func startServing(t *testing.T, dir string) (serving, func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended, stdout := make(chan error, 1), os.Stdout
	os.Stdout = w
	c := shareServeCmd{Addr: "127.0.0.1:0", shareKeys: shareKeys{Party: "dic", Keys: dir}}
	go func() { ended <- c.Run(ctx) }()
	var s serving
	lines := bufio.NewScanner(r)
	for s.address == "" && lines.Scan() {
		s.printed += lines.Text() + "\n"
		if strings.HasPrefix(lines.Text(), "Answering") {
			s.address = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
		}
	}
	os.Stdout = stdout
	return s, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		w.Close()
		r.Close()
	}
}

func asked(t *testing.T, address, token string, n int) sampling.Hash {
	t.Helper()
	h, err := keyholder.Remote("dic", address, token, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	share, err := h.Share(ctx, quarterOver, n)
	if err != nil {
		t.Fatal(err)
	}
	return share
}

func TestShareServeStaysOnThisMachine(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:8421": true, "localhost:1": true, "[::1]:1": true, "127.9.9.9:1": true,
		":8421": false, "0.0.0.0:1": false, "192.168.1.2:1": false, "[::]:1": false, "example.org:1": false, "127.0.0.1": false} {
		if got := onThisMachine(addr); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	code, out := exits(t, "share", "serve", "--keys", t.TempDir(), "--addr", "0.0.0.0:0")
	if code != 2 || !strings.Contains(out, "--insecure-lan") {
		t.Errorf("exit status %d: %s", code, out)
	}
}

func TestTokenFilesThatAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dic.token")
	if err := os.WriteFile(path, []byte("garbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadToken(path); err == nil || !strings.Contains(err.Error(), "delete the file") || strings.Contains(err.Error(), "garbage") {
		t.Errorf("damaged token: %v", err)
	}
}
