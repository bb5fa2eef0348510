package store_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"jinchu/store"
	"jinchu/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// databases are the databases of the contract: each gives the configuration
// of a fresh one.
var databases = map[string]func(testing.TB) store.Config{
	// A path that has to be escaped in a DSN.
	"sqlite":   func(t testing.TB) store.Config { return store.Config{SQLite: filepath.Join(t.TempDir(), "a b%?#.db")} },
	"postgres": func(t testing.TB) store.Config { return store.Config{Postgres: storetest.Postgres(t)} },
}

// opener opens handles on one database; the test closes them.
func opener(t testing.TB, config store.Config) func() *store.Store {
	return func() *store.Store {
		t.Helper()
		s, err := store.Open(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
}

// unlock takes away what forbids changing the log.
var unlock = map[string][]string{
	"sqlite":   {`DROP TRIGGER events_no_update`, `DROP TRIGGER events_no_delete`},
	"postgres": {`ALTER TABLE events DISABLE TRIGGER ALL`},
}

func TestContract(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t testing.TB) *storetest.Database {
				config := fresh(t)
				return &storetest.Database{T: t, Open: opener(t, config), Raw: raw(t, config), Unlock: unlock[name]}
			})
		})
	}
}

// raw is a connection past the store.
func raw(t testing.TB, config store.Config) *sqlx.DB {
	driver, dsn := "postgres", config.Postgres
	if config.SQLite != "" {
		driver = "sqlite"
		dsn = "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(config.SQLite) + "?_txlock=immediate&_pragma=busy_timeout(10000)"
	}
	db, err := sqlx.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
