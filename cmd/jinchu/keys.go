package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"jinchu/keyholder"
	"jinchu/register"
)

const (
	// keyEnv holds the master key of the ID numbers in 64 hexadecimal digits,
	// where it does not lie in the data directory.
	keyEnv = "JINCHU_KEY"
	// keyFile holds the same in the data directory.
	keyFile = "jinchu.key"
)

// loadKeys reads the master key of the ID numbers: from the environment, or
// else from the data directory, where it is made on first use. It has to be in
// the backup: under another key the numbers in the database neither open nor
// are found.
func loadKeys(dir string) (*register.Keys, error) {
	master, err := countyMaster(dir)
	if err != nil {
		return nil, err
	}
	return register.NewKeys(master)
}

// countyMaster is the master key: of the ID numbers, and of the department's
// key of the draw.
func countyMaster(dir string) ([]byte, error) {
	if text := os.Getenv(keyEnv); text != "" {
		return masterOf(keyEnv, text)
	}
	return loadMaster(filepath.Join(dir, keyFile), true)
}

// loadMaster reads a master key from its file, which is made on first use if
// that is wanted.
func loadMaster(path string, create bool) ([]byte, error) {
	text, err := readKey(path)
	if create && errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path)
	}
	if err != nil {
		return nil, err
	}
	return masterOf(path, text)
}

// masterOf reads a master key. Errors name the source and never the key.
func masterOf(source, text string) ([]byte, error) {
	master, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != register.MasterLen {
		return nil, fmt.Errorf("%s: the master key has to be %d hexadecimal digits", source, 2*register.MasterLen)
	}
	return master, nil
}

// readKey reads the key file, which nobody but its owner may read.
func readKey(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	if mode := info.Mode(); !mode.IsRegular() || mode.Perm()&0o077 != 0 {
		return "", fmt.Errorf("master key %s: its mode is %v; only its owner may read it (chmod 600)", path, mode)
	}
	text := make([]byte, 2*register.MasterLen+2)
	n, err := f.Read(text)
	if err != nil {
		return "", fmt.Errorf("master key %s: %w", path, err)
	}
	return string(text[:n]), nil
}

// makeKey makes the key file and its folder. Of two processes that start at
// once, one makes it and both read the same.
func makeKey(path string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	var master [register.MasterLen]byte
	if _, err := rand.Read(master[:]); err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	if err := makeSecret(path, hex.EncodeToString(master[:])); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("master key: %w", err)
	}
	return readKey(path)
}

// makeSecret makes a file of one line that only its owner may read. It appears
// under its name only when whole and durable; the error is [fs.ErrExist] where
// it was there before.
func makeSecret(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := fmt.Fprintln(f, text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	linked := os.Link(f.Name(), path)
	if err := keyholder.SyncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return linked
}
