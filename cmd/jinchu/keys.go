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
	if text := os.Getenv(keyEnv); text != "" {
		return keysOf(keyEnv, text)
	}
	path := filepath.Join(dir, keyFile)
	text, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = makeKey(dir, path); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return keysOf(path, text)
}

// keysOf derives the keys. Errors name the source and never the key.
func keysOf(source, text string) (*register.Keys, error) {
	master, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != register.MasterLen {
		return nil, fmt.Errorf("%s: the master key has to be %d hexadecimal digits", source, 2*register.MasterLen)
	}
	return register.NewKeys(master)
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

// makeKey makes the key file. Of two processes that start at once, one makes
// it and both read the same: the file appears under its name only when whole.
func makeKey(dir, path string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	f, err := os.CreateTemp(dir, keyFile+".*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var master [register.MasterLen]byte
	if _, err := rand.Read(master[:]); err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	if _, err := fmt.Fprintln(f, hex.EncodeToString(master[:])); err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	if err := f.Sync(); err != nil {
		return "", fmt.Errorf("master key: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("master key: %w", err)
	}
	if err := syncDir(dir); err != nil {
		return "", err
	}
	return readKey(path)
}

// syncDir makes a new name in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("master key: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("master key: %w", err)
	}
	return nil
}
