package store_test

import (
	"context"
	"errors"

	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"

	"jinchu/migrations"
	"jinchu/store"
)

var dialects = map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres}

// columns are the tables of the store with their columns.
func columns(t *testing.T, name string, db *sqlx.DB) []string {
	t.Helper()
	text := map[string]string{
		"sqlite": `SELECT m.name || '.' || c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
		"postgres": `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'`,
	}[name]
	var out []string
	if err := db.Select(&out, text); err != nil {
		t.Fatal(err)
	}
	out = slices.DeleteFunc(out, func(s string) bool { return len(s) > 5 && s[:5] == "goose" })
	slices.Sort(out)
	return out
}

func TestMigrationsEndInTheSameTables(t *testing.T) {
	ends := map[string][]string{}
	for name, fresh := range databases {
		config := fresh(t)
		opener(t, config)()
		db := raw(t, config)
		up := columns(t, name, db)
		files, err := fs.Sub(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := goose.NewProvider(dialects[name], db.DB, files)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.DownTo(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		if left := columns(t, name, db); len(left) > 0 {
			t.Errorf("%s: down leaves %v", name, left)
		}
		if _, err := p.Up(context.Background()); err != nil {
			t.Fatal(err)
		}
		if again := columns(t, name, db); !slices.Equal(up, again) {
			t.Errorf("%s: up, down and up gives %v, not %v", name, again, up)
		}
		ends[name] = up
	}
	if len(ends["sqlite"]) < 50 || !slices.Equal(ends["sqlite"], ends["postgres"]) {
		t.Errorf("the databases differ:\n%v\n%v", ends["sqlite"], ends["postgres"])
	}
}

func TestOpenRefusesWhatIsNotItsOwn(t *testing.T) {
	for name, fresh := range databases {
		for _, c := range []struct {
			what  string
			mine  bool
			texts []string
			want  error
		}{
			{"other tables", false, []string{`CREATE TABLE invoices (id BIGINT)`}, store.ErrForeign},
			{"other tables under goose", false, []string{`CREATE TABLE invoices (id BIGINT)`,
				`CREATE TABLE goose_db_version (id BIGINT, version_id BIGINT, is_applied BOOLEAN, tstamp TIMESTAMP)`}, store.ErrForeign},
			{"a newer version", true, []string{`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`}, store.ErrNewer},
		} {
			t.Run(name+"/"+c.what, func(t *testing.T) {
				config := fresh(t)
				if c.mine {
					opener(t, config)()
				}
				db := raw(t, config)
				for _, text := range c.texts {
					if _, err := db.Exec(text); err != nil {
						t.Fatal(err)
					}
				}
				s, err := store.Open(context.Background(), config)
				if !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				if err == nil {
					_ = s.Close()
				}
			})
		}
	}
}

func TestOpenByManyAtOnce(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			config := fresh(t)
			outcomes := make(chan error)
			const many = 6
			for range many {
				go func() {
					s, err := store.Open(context.Background(), config)
					if err == nil {
						err = s.Close()
					}
					outcomes <- err
				}()
			}
			for range many {
				if err := <-outcomes; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestPostgresURL(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"postgres://u:secret@db.example/x", "sslmode"},
		{"mysql://u:secret@localhost/x", "form"},
		{"postgres://u:sec ret@[::1/x", "form"},
	} {
		_, err := store.Open(context.Background(), store.Config{Postgres: c.url})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", c.url, err)
		}
	}
	if _, err := store.Open(context.Background(), store.Config{}); err == nil {
		t.Error("no database was opened")
	}
}
