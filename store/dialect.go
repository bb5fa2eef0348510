package store

import (
	"database/sql"
	"errors"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is every difference between the two databases that shows outside
// the opening of connections.
type dialect struct {
	folder string        // of the migrations
	goose  goose.Dialect // of the migrations
	binds  string        // sqlx's name for the style of parameters
	blob   string        // the type of bytes
	locked string        // makes a SELECT lock its rows
	tables string        // the query for the names of all tables
	// chained tells that statements which change data can stand in a WITH.
	chained    bool
	committers int
	snapshot   sql.IsolationLevel // of a transaction that reads what stands at one moment
	duplicate  func(error) bool   // a unique key was there already
	answered   func(error) bool   // the server said no to what it was sent, and lives on
	again      func(error) bool   // nothing was done; the same may work now
}

var sqliteDialect = dialect{
	folder: "sqlite", goose: goose.DialectSQLite3, binds: "sqlite3", blob: "BLOB",
	tables:     `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
	committers: 1,
	duplicate: func(err error) bool {
		return sqliteCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) || sqliteCode(err, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
	},
	answered: func(err error) bool { return false }, // whatever it is sent, it takes
	again:    func(err error) bool { return sqliteCode(err, sqlite3.SQLITE_BUSY_SNAPSHOT) },
}

var postgresDialect = dialect{
	folder: "postgres", goose: goose.DialectPostgres, binds: "postgres", blob: "BYTEA", locked: " FOR UPDATE",
	tables:     `SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()`,
	chained:    true,
	committers: 2,
	snapshot:   sql.LevelRepeatableRead,
	duplicate:  func(err error) bool { return pq.As(err, pqerror.UniqueViolation) != nil },
	answered: func(err error) bool {
		var e *pq.Error
		return errors.As(err, &e) && e.Severity == "ERROR"
	},
	again: func(err error) bool {
		return pq.As(err, pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected) != nil
	},
}

func sqliteCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == code
}
