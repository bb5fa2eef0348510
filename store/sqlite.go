package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"runtime"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

// pragmas hold for every connection, so they stand in the DSN. FULL makes a
// commit wait until the log is on the disk. The log is copied back after 8000
// pages: a page that many commits have changed is then copied once.
var pragmas = []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)",
	"foreign_keys(1)", "recursive_triggers(1)", "cache_size(-32000)", "wal_autocheckpoint(8000)"}

// openSQLite opens one connection that writes and a pool that reads. Writers
// begin IMMEDIATE: a read that turns into a write would fail at once when
// somebody else has written.
func (s *Store) openSQLite(ctx context.Context, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	s.dialect = sqliteDialect
	open := func(size int, more url.Values) (*sqlx.DB, error) {
		more["_pragma"] = append(append([]string{}, pragmas...), more["_pragma"]...)
		dsn := (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: more.Encode()}).String()
		base, err := sqlite.NewConnector(dsn)
		if err != nil {
			return nil, err
		}
		db := sqlx.NewDb(sql.OpenDB(durable{base}), s.dialect.binds)
		db.SetMaxOpenConns(size)
		db.SetMaxIdleConns(size)
		return db, db.PingContext(ctx)
	}
	if s.write, err = open(1, url.Values{"_txlock": {"immediate"}}); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	s.acts = s.write
	s.read, err = open(max(4, runtime.NumCPU()), url.Values{"_pragma": {"query_only(1)"}})
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	return nil
}

// durable makes connections and refuses those that would not be durable.
type durable struct{ driver.Connector }

// Connect implements [driver.Connector].
func (d durable) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := d.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		got, err := readBack(ctx, conn, pragma)
		if err == nil && got != want {
			err = fmt.Errorf("%s is %s, not %s: acts would not be durable", pragma, got, want)
		}
		if err != nil {
			return nil, fmt.Errorf("%w%s", err, closed(conn))
		}
	}
	return conn, nil
}

func readBack(ctx context.Context, conn driver.Conn, pragma string) (string, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, "PRAGMA "+pragma, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return "", err
	}
	return fmt.Sprint(row[0]), nil
}

// closed closes after a failure and says so if that fails as well.
func closed(c io.Closer) string {
	if err := c.Close(); err != nil {
		return "; closing: " + err.Error()
	}
	return ""
}
