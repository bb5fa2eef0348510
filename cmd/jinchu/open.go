package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/store"
	"jinchu/workflows"
)

// database are the flags that name a database.
type database struct {
	Data     string `help:"Folder of the embedded database; the file is DIR/jinchu.db." placeholder:"DIR" env:"JINCHU_DATA"`
	Database string `help:"PostgreSQL database." placeholder:"URL" env:"JINCHU_DATABASE"`
}

func (d database) config() (store.Config, error) {
	switch {
	case d.Data != "" && d.Database != "":
		return store.Config{}, errors.New("--data and --database name two databases; give one")
	case d.Database != "":
		return store.Config{Postgres: d.Database}, nil
	case d.Data != "":
		return store.Config{SQLite: filepath.Join(d.Data, "jinchu.db")}, nil
	}
	return store.Config{}, errors.New("name a database: --data DIR or --database URL")
}

// open opens the database. With create it makes the folder and brings the
// tables up to date; without, it changes nothing.
func (d database) open(ctx context.Context, create bool) (*store.Store, error) {
	config, err := d.config()
	if err != nil {
		return nil, err
	}
	if config.SQLite != "" {
		if create {
			if err := os.MkdirAll(d.Data, 0o700); err != nil {
				return nil, err
			}
		} else if _, err := os.Stat(config.SQLite); err != nil {
			return nil, fmt.Errorf("there is no database in %s: %w", d.Data, err)
		}
	}
	config.AsIs = !create
	return store.Open(ctx, config)
}

// regulation is the flag that names the county's profile.
type regulation struct {
	Profile string `help:"County profile: national, zaoyang, or the path of a file." default:"zaoyang"`
}

func (r regulation) load() (*engine.Profile, error) { return loadProfile(r.Profile) }

func loadProfile(name string) (*engine.Profile, error) {
	if !strings.HasSuffix(name, ".toml") {
		return workflows.LoadProfile(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return workflows.ParseProfile(filepath.Base(name), string(text))
}

// openEngine opens the database and the door over it.
func openEngine(ctx context.Context, d database, r regulation, create bool) (*store.Store, *engine.Engine, error) {
	profile, err := r.load()
	if err != nil {
		return nil, nil, err
	}
	s, err := d.open(ctx, create)
	if err != nil {
		return nil, nil, err
	}
	e, err := newEngine(s, profile)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, e, nil
}

// newEngine opens the door over a store under the profile.
func newEngine(s engine.Store, profile *engine.Profile) (*engine.Engine, error) {
	return engine.NewEngine(s, profile, calendar.National(), rand.Reader, workflows.All()...)
}
