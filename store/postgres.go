package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// openPostgres opens three pools: readers, transactions, and the committers
// with a connection each. Bytes travel in binary. Plans are generic: values do
// not change them, and planning a batch costs more than running it.
func (s *Store) openPostgres(ctx context.Context, raw string) error {
	u, err := postgresURL(raw)
	if err != nil {
		return err
	}
	s.dialect = postgresDialect
	open := func(size int, settings map[string]string) (*sqlx.DB, error) {
		q := u.Query()
		for k, v := range settings {
			q.Set(k, v)
		}
		own := *u
		own.RawQuery = q.Encode()
		connector, err := pq.NewConnector(own.String())
		if err != nil {
			return nil, err
		}
		db := sqlx.NewDb(sql.OpenDB(connector), s.dialect.binds)
		db.SetMaxOpenConns(size)
		db.SetMaxIdleConns(size) // the default of 2 closes connections under load
		db.SetConnMaxIdleTime(5 * time.Minute)
		return db, nil
	}
	// A write is not cancelled by its caller; the server ends one that hangs.
	writing := map[string]string{"statement_timeout": "30000", "plan_cache_mode": "force_generic_plan"}
	if s.read, err = open(12, nil); err != nil {
		return err
	}
	if s.write, err = open(6, writing); err != nil {
		return err
	}
	// A plan made while the tables are small must not scan them when they have
	// grown: a committer's statement only ever looks up keys.
	for _, way := range []string{"enable_seqscan", "enable_hashjoin", "enable_mergejoin"} {
		writing[way] = "off"
	}
	if s.acts, err = open(s.dialect.committers, writing); err != nil {
		return err
	}
	return keepsPromises(ctx, s.acts)
}

// postgresURL checks the URL and fills in what must not be left to defaults.
func postgresURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// The URL may hold a password: it is not repeated.
		return nil, errors.New("the database URL is not of the form postgres://user:password@host/name")
	}
	q := u.Query()
	if q.Get("sslmode") == "" {
		if !loopback(u, q) {
			return nil, errors.New("the database URL does not say sslmode; over a network use sslmode=verify-full")
		}
		q.Set("sslmode", "disable")
	}
	defaults := map[string]string{"connect_timeout": "10", "binary_parameters": "yes",
		"application_name": "jinchu", "default_transaction_isolation": "read committed"}
	for k, v := range defaults {
		if q.Get(k) == "" {
			q.Set(k, v)
		}
	}
	u.RawQuery = q.Encode()
	return u, nil
}

// loopback reports whether the server is on this machine.
func loopback(u *url.URL, q url.Values) bool {
	host := u.Hostname()
	if q.Get("host") != "" {
		host = q.Get("host")
	}
	ip := net.ParseIP(host)
	return host == "" || host == "localhost" || strings.HasPrefix(host, "/") || ip != nil && ip.IsLoopback()
}

// keepsPromises refuses a server that would acknowledge what it may lose.
func keepsPromises(ctx context.Context, db *sqlx.DB) error {
	var fsync, commit string
	err := db.QueryRowxContext(ctx, `SELECT current_setting('fsync'), current_setting('synchronous_commit')`).Scan(&fsync, &commit)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if fsync == "off" || commit == "off" {
		return fmt.Errorf("the server runs with fsync=%s and synchronous_commit=%s: acts would not be durable", fsync, commit)
	}
	return nil
}
