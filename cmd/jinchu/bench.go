package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"  // the raw limit is measured past the store
	_ "modernc.org/sqlite" // likewise

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/store"
)

type benchCmd struct {
	Callers []int         `help:"Numbers of concurrent callers." default:"1,8,32,64"`
	Length  time.Duration `help:"Length of one measurement." default:"2s"`
	Rounds  int           `help:"Measurements of each; the median counts." default:"3"`
	Cases   int           `help:"Cases to act on." default:"1000"`
	JSON    bool          `help:"Print JSON."`
	Sweep   bool          `help:"Measure the overdue sweep instead."`
	Due     int           `help:"Overdue steps a sweep raises." default:"1000"`
	Open    []int         `help:"Numbers of open cases to sweep among; the last is compared with the first." default:"10000,1000000"`
	regulation
	database
}

// benchReport is what the bench prints: acts per second, medians.
type benchReport struct {
	Database string             `json:"database"`
	Raw      map[string]float64 `json:"raw"`
	Engine   map[string]float64 `json:"engine"`
	Ratio    map[string]float64 `json:"ratio"`
}

// Run measures, in one run and on the same database with full durability, the
// raw limit (one prepared transaction per act that inserts an event row of the
// same size and updates one case row by key) and complete acts through the
// engine. It works in a database of its own, which it drops afterwards.
func (c *benchCmd) Run(ctx context.Context) error {
	if c.Sweep {
		return c.runSweep(ctx)
	}
	config, drop, err := c.scratch(ctx)
	if err != nil {
		return err
	}
	defer drop()
	b, err := newBench(ctx, c, config)
	if err != nil {
		return err
	}
	defer b.close()
	report := benchReport{Database: b.name, Raw: map[string]float64{}, Engine: map[string]float64{}, Ratio: map[string]float64{}}
	for _, n := range c.Callers {
		var raw, acts []float64
		for range c.Rounds {
			r, err := b.measure(ctx, n, c.Length, b.rawAct)
			if err != nil {
				return err
			}
			a, err := b.measure(ctx, n, c.Length, b.engineAct)
			if err != nil {
				return err
			}
			raw, acts = append(raw, r), append(acts, a)
		}
		key := fmt.Sprint(n)
		report.Raw[key], report.Engine[key] = median(raw), median(acts)
		report.Ratio[key] = float64(int(100*report.Engine[key]/report.Raw[key])) / 100
		if !c.JSON {
			fmt.Printf("%s  %3d 个并发 callers: 数据库极限 raw %8.0f/s  引擎 engine %8.0f/s  比值 ratio %.2f\n",
				b.name, n, report.Raw[key], report.Engine[key], report.Ratio[key])
		}
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	return nil
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return float64(int(xs[len(xs)/2]))
}

// scratch makes the database the bench works in.
func (c *benchCmd) scratch(ctx context.Context) (store.Config, func(), error) {
	if c.Database == "" {
		dir, err := os.MkdirTemp(c.Data, "jinchu-bench-")
		if err != nil {
			return store.Config{}, nil, err
		}
		return store.Config{SQLite: dir + "/jinchu.db"}, func() { os.RemoveAll(dir) }, nil
	}
	var tail [4]byte
	if _, err := rand.Read(tail[:]); err != nil {
		return store.Config{}, nil, err
	}
	name := "jinchu_bench_" + hex.EncodeToString(tail[:])
	admin, err := sql.Open("postgres", c.Database)
	if err != nil {
		return store.Config{}, nil, err
	}
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return store.Config{}, nil, fmt.Errorf("make a scratch database: %w", err)
	}
	u, err := url.Parse(c.Database)
	if err != nil {
		return store.Config{}, nil, err
	}
	u.Path = "/" + name
	drop := func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, "jinchu: the scratch database stays:", err)
		}
		admin.Close()
	}
	return store.Config{Postgres: u.String()}, drop, nil
}

// bench is a county with cases in cultivation, and a second door to its
// database for the raw limit.
type bench struct {
	name    string
	store   *store.Store
	engine  *engine.Engine
	raw     *sqlx.DB
	insert  *sql.Stmt
	update  *sql.Stmt
	county  register.CountyID
	cases   []engine.CaseID
	seqs    []atomic.Int64 // of the raw chains
	leaf    []byte
	payload []byte
	on      time.Time
}

func (b *bench) close() {
	b.raw.Close()
	b.store.Close()
}

func newBench(ctx context.Context, c *benchCmd, config store.Config) (*bench, error) {
	b, err := openBench(ctx, c, config)
	if err != nil {
		return nil, err
	}
	if err := b.prepareCounty(ctx, c.Cases); err != nil {
		return nil, err
	}
	return b, b.prepareRaw(ctx, config, slices.Max(c.Callers))
}

// openBench opens an empty database with an engine over it.
func openBench(ctx context.Context, c *benchCmd, config store.Config) (*bench, error) {
	profile, err := c.load()
	if err != nil {
		return nil, err
	}
	b := &bench{name: "sqlite", county: "990000", on: calendar.MustParse("2026-03-02").Start().Add(9 * time.Hour)}
	if b.store, err = store.Open(ctx, config); err != nil {
		return nil, err
	}
	b.engine, err = newEngine(b.store, profile)
	return b, err
}

// openRaw opens the second door: full durability, as many connections as
// callers (one on SQLite, which has one writer).
func (b *bench) openRaw(config store.Config, callers int) (err error) {
	if config.Postgres != "" {
		b.name = "postgres"
		b.raw, err = sqlx.Open("postgres", config.Postgres)
	} else {
		b.raw, err = sqlx.Open("sqlite", "file:"+config.SQLite+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		callers = 1
	}
	if err != nil {
		return err
	}
	b.raw.SetMaxOpenConns(callers)
	b.raw.SetMaxIdleConns(callers)
	return nil
}

// bind writes the parameters of a statement as the database wants them.
func (b *bench) bind(q string) string {
	if b.name == "postgres" {
		return sqlx.Rebind(sqlx.DOLLAR, q)
	}
	return q
}

// prepareRaw copies the cases for the raw limit and prepares its statements.
func (b *bench) prepareRaw(ctx context.Context, config store.Config, callers int) (err error) {
	if err := b.openRaw(config, callers); err != nil {
		return err
	}
	copied := b.bind(`INSERT INTO cases (county, id, workflow, parent, person, org, path, stage, stage_on, opened_on, seq, ended, due_on, due_action, head)
		SELECT county, 'raw-' || id, workflow, parent, person, org, path, stage, stage_on, opened_on, seq, ended, due_on, due_action, head
		FROM cases WHERE county = ?`)
	if _, err := b.raw.ExecContext(ctx, copied, string(b.county)); err != nil {
		return err
	}
	if b.insert, err = b.raw.PrepareContext(ctx, b.bind(`INSERT INTO events (county, chain, seq, leaf, hash, payload, salt) VALUES (?, ?, ?, ?, ?, ?, ?)`)); err != nil {
		return err
	}
	b.update, err = b.raw.PrepareContext(ctx, b.bind(`UPDATE cases SET stage = ?, stage_on = ?, seq = ?, ended = ?, due_on = ?, due_action = ?, head = ? WHERE county = ? AND id = ?`))
	return err
}

// measure counts the acts that n callers get acknowledged per second, each
// caller on cases of its own.
func (b *bench) measure(ctx context.Context, n int, length time.Duration, act func(ctx context.Context, i int) error) (float64, error) {
	var count atomic.Int64
	var failed atomic.Pointer[error]
	var callers sync.WaitGroup
	start := time.Now()
	for caller := range n {
		callers.Go(func() {
			for i := caller; time.Since(start) < length && failed.Load() == nil; i += n {
				if i >= len(b.cases) {
					i = caller
				}
				if err := act(ctx, i); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				count.Add(1)
			}
		})
	}
	callers.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(count.Load()) / time.Since(start).Seconds(), nil
}

func (b *bench) rawAct(ctx context.Context, i int) error {
	tx, err := b.raw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	seq, id := b.seqs[i].Add(1), "raw-"+string(b.cases[i])
	if _, err := tx.StmtContext(ctx, b.insert).ExecContext(ctx, string(b.county), id, seq, b.leaf, b.payload[:32], b.payload, b.payload[:32]); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, b.update).ExecContext(ctx, "cultivating", "2026-03-02", seq, false, "2026-09-02", "half-year-review", b.payload[:32], string(b.county), id); err != nil {
		return err
	}
	return tx.Commit()
}

func (b *bench) engineAct(ctx context.Context, i int) error {
	_, err := b.engine.Act(ctx, engine.Actor{County: b.county, Office: "secretary"}, engine.Move{Case: b.cases[i], Action: "assign-contacts",
		Fields: map[string]any{"contacts": []register.PersonID{"m-1", "m-2"}}}, b.on)
	return err
}

// prepareCounty makes a branch and its cases, brought to cultivation.
func (b *bench) prepareCounty(ctx context.Context, n int) error {
	day := calendar.MustParse("2015-01-01")
	entities := []register.Entity{
		&register.Org{ID: "990000", Kind: register.County, Name: "示例县委组织部", Path: "990000"},
		&register.Org{ID: "990001", Kind: register.Committee, Name: "示例镇党委", Parent: "990000", Path: "990000/990001", Approves: true},
		&register.Org{ID: "990001001", Kind: register.Branch, Name: "示例村党支部", Parent: "990001", Path: "990000/990001/990001001", Committee: true},
	}
	for i := range 9 {
		entities = append(entities, &register.Person{ID: register.PersonID(fmt.Sprintf("m-%d", i)), Name: "吴示例", Org: "990001001", Standing: register.Full, Since: day})
	}
	entities = append(entities,
		&register.Office{ID: "secretary", Person: "m-0", Post: register.BranchSecretary, Org: "990001001", From: day},
		&register.Office{ID: "reviewer", Person: "m-8", Post: register.CommitteeReviewer, Org: "990001", From: day})
	for i := range n {
		entities = append(entities, &register.Person{ID: register.PersonID(fmt.Sprintf("a-%d", i)), Name: "林示例", Org: "990001001",
			Standing: register.Outside, Birth: calendar.MustParse("1999-03-02")})
	}
	clock := engine.Actor{County: b.county, Office: engine.ClockOffice}
	if err := b.engine.Change(ctx, clock, entities, calendar.DateOf(b.on), "bench", b.on); err != nil {
		return err
	}
	b.cases, b.seqs = make([]engine.CaseID, n), make([]atomic.Int64, n)
	for i := range n {
		if err := b.cultivate(ctx, i); err != nil {
			return err
		}
		b.seqs[i].Store(100)
	}
	entries, err := b.store.Log(ctx, b.county, string(b.cases[0]), 0)
	if err != nil {
		return err
	}
	last := entries[len(entries)-1]
	b.leaf, b.payload = last.Leaf, last.Payload
	return nil
}

// cultivate plays one case from the application to cultivation.
func (b *bench) cultivate(ctx context.Context, i int) error {
	moves := []engine.Move{
		{Workflow: "admission", Action: "submit-application", Person: register.PersonID(fmt.Sprintf("a-%d", i)), Org: "990001001"},
		{Action: "record-talk", Fields: map[string]any{"talker": register.PersonID("m-1")}},
		{Action: "recommend", Fields: map[string]any{"way": "members"}},
		{Action: "decide-activist", Fields: map[string]any{"body": "branch-committee"}},
		{Action: "file-activist"},
		{Action: "assign-contacts", Fields: map[string]any{"contacts": []register.PersonID{"m-1", "m-2"}}},
	}
	for _, m := range moves {
		office := register.OfficeID("secretary")
		if m.Action == "file-activist" {
			office = "reviewer"
		}
		m.Case = b.cases[i]
		answer, err := b.engine.Act(ctx, engine.Actor{County: b.county, Office: office}, m, b.on)
		if err != nil {
			return fmt.Errorf("bench case %d: %s: %w", i, strings.TrimSpace(m.Action), err)
		}
		b.cases[i] = answer.Case
	}
	return nil
}
