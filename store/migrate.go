package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jinchu/migrations"
)

// Errors of a database that this program leaves alone.
var (
	ErrNewer   = errors.New("the database was made by a newer version of this program; use that version")
	ErrOlder   = errors.New("the database was made by an older version of this program; migrate it first")
	ErrForeign = errors.New("the database holds tables of something else; name an empty one")
)

// migrate brings the tables up to date. Two processes may do so at once: on
// PostgreSQL one waits for the other; on SQLite, which has no lock for it, the
// loser finds the work done and looks again.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	for try := 0; ; try++ {
		err := migrateOnce(ctx, db, d)
		if err == nil || d.chained || try == 10 || errors.Is(err, ErrNewer) || errors.Is(err, ErrForeign) {
			return err
		}
	}
}

// Migrate brings a database that is not in use to a version, forward or back;
// a negative version is the newest. It returns the versions before and after.
func Migrate(ctx context.Context, config Config, version int64) (from, to int64, err error) {
	s := &Store{}
	defer func() { err = errors.Join(err, s.closeAll()) }()
	if err := s.connect(ctx, config); err != nil {
		return 0, 0, err
	}
	p, err := provider(ctx, s.write.DB, s.dialect)
	if err != nil {
		return 0, 0, err
	}
	if from, err = p.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("read the version of the database: %w", err)
	}
	switch {
	case version < 0:
		err = migrate(ctx, s.write.DB, s.dialect)
	case version < from:
		_, err = p.DownTo(ctx, version)
	default:
		_, err = p.UpTo(ctx, version)
	}
	if err != nil {
		return from, from, fmt.Errorf("migrate: %w", err)
	}
	to, err = p.GetDBVersion(ctx)
	return from, to, err
}

func migrateOnce(ctx context.Context, db *sql.DB, d dialect) error {
	p, err := provider(ctx, db, d)
	if err != nil {
		return err
	}
	if err := notNewer(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// provider gives the migrations of a database that is ours.
func provider(ctx context.Context, db *sql.DB, d dialect) (*goose.Provider, error) {
	if err := ours(ctx, db, d); err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations.Files, d.folder)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d.chained {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(d.goose, db, files, options...)
}

// ours refuses a database that holds tables, but not ours under a record of
// migrations.
func ours(ctx context.Context, db *sql.DB, d dialect) error {
	rows, err := db.QueryContext(ctx, d.tables)
	if err != nil {
		return fmt.Errorf("look at the database: %w", err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	slices.Sort(tables)
	recorded := slices.Contains(tables, goose.DefaultTablename)
	if recorded && len(tables) == 1 || recorded && slices.Contains(tables, "cases") && slices.Contains(tables, "events") && slices.Contains(tables, "register_version") || len(tables) == 0 {
		return nil
	}
	return fmt.Errorf("%w (found table %q)", ErrForeign, tables[0])
}

// upToDate wants the tables to be those of this program.
func upToDate(ctx context.Context, db *sql.DB, d dialect) error {
	p, err := provider(ctx, db, d)
	if err != nil {
		return err
	}
	has, knows, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the version of the database: %w", err)
	case has < knows:
		return fmt.Errorf("%w (its version is %d, this program wants %d)", ErrOlder, has, knows)
	}
	return notNewer(ctx, p)
}

func notNewer(ctx context.Context, p *goose.Provider) error {
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if has > knows {
		return fmt.Errorf("%w (its version is %d, this program knows %d)", ErrNewer, has, knows)
	}
	return nil
}
