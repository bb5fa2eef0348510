package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// Config names the database: one of the two.
type Config struct {
	SQLite   string // path of the database file, made where it is missing
	Postgres string // URL, postgres://user:password@host/name?sslmode=verify-full
	// AsIs leaves the tables as they are: a database that is not up to date is
	// refused with [ErrOlder] rather than migrated.
	AsIs bool
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	read    *sqlx.DB // of single statements and snapshots
	write   *sqlx.DB // of transactions that change something
	acts    *sqlx.DB // of the committers
	reads   *statements
	writes  *statements
	groups  *statements

	mu       sync.Mutex
	counties map[register.CountyID]*county

	queue *queue
	done  chan struct{} // closed by Close: the watch ends
	tasks sync.WaitGroup
	once  sync.Once
}

var _ engine.Store = (*Store)(nil)

// Open opens the database, brings its tables up to date and starts the
// committers. A database that is newer than this program or not its own is
// refused: see [ErrNewer] and [ErrForeign].
func Open(ctx context.Context, config Config) (*Store, error) {
	s := &Store{counties: map[register.CountyID]*county{}, queue: newQueue(), done: make(chan struct{})}
	err := s.connect(ctx, config)
	switch {
	case err == nil && config.AsIs:
		err = upToDate(ctx, s.write.DB, s.dialect)
	case err == nil:
		err = migrate(ctx, s.write.DB, s.dialect)
	}
	if err != nil {
		return nil, errors.Join(err, s.closeAll())
	}
	s.reads, s.writes, s.groups = newStatements(s.read), newStatements(s.write), newStatements(s.acts)
	for range s.dialect.committers {
		s.tasks.Go(s.commitQueued)
	}
	s.tasks.Go(s.watch)
	return s, nil
}

// connect opens the connections to one of the two databases.
func (s *Store) connect(ctx context.Context, config Config) error {
	switch {
	case config.SQLite != "" && config.Postgres != "":
		return errors.New("two databases are named; one is needed")
	case config.SQLite != "":
		return s.openSQLite(ctx, config.SQLite)
	case config.Postgres != "":
		return s.openPostgres(ctx, config.Postgres)
	}
	return errors.New("no database is named")
}

// Close waits for the acts under way and closes the database. Acts that come
// later are answered with [engine.Unavailable].
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		s.queue.close()
		close(s.done)
		s.tasks.Wait()
		err = s.closeAll()
	})
	return err
}

func (s *Store) closeAll() error {
	var errs []error
	for i, db := range []*sqlx.DB{s.acts, s.write, s.read} {
		if db != nil && (i == 0 || db != s.acts) {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// unavailable wraps what the database reports, so that the caller knows that
// the outcome is unknown.
func unavailable(err error) error {
	var known *engine.Unavailable
	if err == nil || errors.As(err, &known) ||
		errors.Is(err, engine.ErrStale) || errors.Is(err, engine.ErrClaimed) || errors.Is(err, engine.ErrKeyUsed) {
		return err
	}
	return &engine.Unavailable{Err: err}
}

// Log implements [engine.Store].
func (s *Store) Log(ctx context.Context, county register.CountyID, chain string, after int64) ([]ledger.Entry, error) {
	rows, err := s.reads.query(ctx, `SELECT leaf, hash, payload, salt FROM events
		WHERE county = ? AND chain = ? AND seq > ? ORDER BY seq`, string(county), chain, after)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []ledger.Entry
	for rows.Next() {
		var e ledger.Entry
		var hash, salt []byte
		if err := rows.Scan(&e.Leaf, &hash, &e.Payload, &salt); err != nil {
			return nil, unavailable(err)
		}
		copy(e.Hash[:], hash)
		copy(e.Salt[:], salt)
		out = append(out, e)
	}
	return out, unavailable(rows.Err())
}

// Answer implements [engine.Store].
func (s *Store) Answer(ctx context.Context, county register.CountyID, office register.OfficeID, key string) (string, []byte, bool, error) {
	rows, err := s.reads.query(ctx, `SELECT digest, answer FROM answers WHERE county = ? AND office = ? AND key = ?`,
		string(county), string(office), key)
	if err != nil {
		return "", nil, false, unavailable(err)
	}
	defer rows.Close()
	if !rows.Next() {
		return "", nil, false, unavailable(rows.Err())
	}
	var digest string
	var answer []byte
	if err := rows.Scan(&digest, &answer); err != nil {
		return "", nil, false, unavailable(err)
	}
	return digest, answer, true, nil
}

// Counties are the counties the store holds anything of, in order.
func (s *Store) Counties(ctx context.Context) ([]register.CountyID, error) {
	var out []register.CountyID
	err := s.read.SelectContext(ctx, &out, `SELECT county FROM register_version ORDER BY county`)
	return out, unavailable(err)
}

// watch keeps memory from falling behind other processes for long where this
// one only reads.
func (s *Store) watch() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		known := make([]*county, 0, len(s.counties))
		for _, c := range s.counties {
			known = append(known, c)
		}
		s.mu.Unlock()
		for _, c := range known {
			// A failure here is met again, and reported, by whoever acts next.
			_ = s.refresh(context.Background(), c)
		}
	}
}

// statements are prepared once per text; the driver prepares them on each
// connection it uses them on. Texts are few and fixed.
type statements struct {
	db     *sqlx.DB
	mu     sync.Mutex
	byText map[string]*sqlx.Stmt
	wanted []string
}

func newStatements(db *sqlx.DB) *statements {
	return &statements{db: db, byText: map[string]*sqlx.Stmt{}}
}

// known is the statement of a text, nil where it was not prepared yet.
func (p *statements) known(text string) *sqlx.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byText[text]
}

// get prepares a text. It may wait for a connection: whoever holds one must
// not call it.
func (p *statements) get(ctx context.Context, text string) (*sqlx.Stmt, error) {
	if st := p.known(text); st != nil {
		return st, nil
	}
	st, err := p.db.PreparexContext(ctx, p.db.Rebind(text))
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.byText[text]; first != nil {
		return first, st.Close()
	}
	p.byText[text] = st
	return st, nil
}

// within is the statement of a text for use in a transaction.
func (p *statements) within(ctx context.Context, tx *sqlx.Tx, text string) (*sqlx.Stmt, error) {
	if st := p.known(text); st != nil {
		return tx.StmtxContext(ctx, st), nil
	}
	st, err := tx.PreparexContext(ctx, p.db.Rebind(text)) // lives as long as the transaction
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = append(p.wanted, text)
	return st, nil
}

// warm prepares, for the next transactions, what the last ones had to prepare
// for themselves. If it cannot, they will do the same again.
func (p *statements) warm(ctx context.Context) {
	p.mu.Lock()
	wanted := p.wanted
	p.wanted = nil
	p.mu.Unlock()
	for _, text := range wanted {
		_, _ = p.get(ctx, text)
	}
}

// query runs a short prepared read. A caller that leaves does not cancel it:
// cancelling costs lib/pq the connection.
func (p *statements) query(ctx context.Context, text string, args ...any) (*sqlx.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	st, err := p.get(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryxContext(ctx, args...)
}
