package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"jinchu/engine"
	"jinchu/store"
	"jinchu/store/storetest"
)

// BenchmarkAct compares durable acts on different cases: kept by the store,
// and by a prepared transaction of its own each (BEGIN, INSERT, UPDATE,
// COMMIT). One operation is one acknowledged act.
//
//	go test ./store -run - -bench Act
func BenchmarkAct(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		for _, callers := range []int{1, 64} {
			for _, way := range []string{"store", "store-keyed", "transaction"} {
				b.Run(fmt.Sprintf("%s/%s/callers=%d", name, way, callers), func(b *testing.B) {
					benchmarkAct(b, databases[name](b), way, callers)
				})
			}
		}
	}
}

func benchmarkAct(b *testing.B, config store.Config, way string, callers int) {
	s := opener(b, config)()
	w := storetest.NewWorld(b, s)
	w.Seed()
	cases := make([]*engine.Case, callers)
	for i := range cases {
		c, err := w.Engine.Refold(b.Context(), storetest.County, w.Open(0))
		if err != nil {
			b.Fatal(err)
		}
		cases[i] = c
	}
	keep := func(c *engine.Commit) error { return s.Commit(context.Background(), c) }
	if way == "transaction" {
		keep = plain(b, config, callers)
	}
	workflow, _ := w.Engine.Workflow("loan")
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for _, c := range cases {
		group.Go(func() {
			for next.Add(1) <= int64(b.N) {
				commit, err := noteOn(workflow, c)
				if err == nil {
					if way == "store-keyed" {
						commit.Key, commit.Answer = rand.Text(), []byte(`{"seq":1}`)
					}
					err = keep(commit)
				}
				if err != nil {
					b.Error(err)
					return
				}
				c = commit.Case
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
}

// noteOn is the next act of a case, sealed.
func noteOn(w *engine.Workflow, c *engine.Case) (*engine.Commit, error) {
	e := &engine.Event{County: c.County, Case: c.ID, Seq: c.Seq + 1, At: storetest.Now, Kind: "case.step", Action: "note",
		From: c.Stage, To: c.Stage, On: storetest.Day, Due: c.Due, Reason: strings.Repeat("x", 150),
		By: engine.Signer{Office: storetest.Clerk.Office, Post: "secretary", Org: "branch"}}
	var salt [32]byte
	_, _ = rand.Read(salt[:])
	entry, err := e.Seal(c.Head, salt)
	if err != nil {
		return nil, err
	}
	after, err := engine.Apply(w, c, e, entry.Hash)
	return &engine.Commit{County: c.County, Case: after, Entry: entry, Event: e, Office: e.By.Office}, err
}

// plain keeps an act in a prepared transaction of its own.
func plain(b *testing.B, config store.Config, callers int) func(*engine.Commit) error {
	driver, dsn, size := "postgres", config.Postgres+"&binary_parameters=yes", callers
	if config.SQLite != "" {
		driver, size = "sqlite", 1
		dsn = "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(config.SQLite) +
			"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)"
	}
	db, err := sqlx.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	insert, err := db.Preparex(db.Rebind(`INSERT INTO events (county, chain, seq, leaf, hash, payload, salt) VALUES (?, ?, ?, ?, ?, ?, ?)`))
	if err != nil {
		b.Fatal(err)
	}
	update, err := db.Preparex(db.Rebind(`UPDATE cases SET stage = ?, stage_on = ?, seq = ?, ended = ?, due_on = ?, due_action = ?, head = ?
		WHERE county = ? AND id = ? AND seq = ?`))
	if err != nil {
		b.Fatal(err)
	}
	return func(c *engine.Commit) error {
		tx, err := db.Beginx()
		if err != nil {
			return err
		}
		r := engine.RowOf(c.Case)
		_, err = tx.Stmtx(insert).Exec(string(c.County), string(r.ID), r.Seq, c.Entry.Leaf, c.Entry.Hash[:], c.Entry.Payload, c.Entry.Salt[:])
		if err == nil {
			_, err = tx.Stmtx(update).Exec(r.Stage, r.StageOn.String(), r.Seq, r.Ended, r.DueOn.String(), r.DueAction, r.Head[:],
				string(c.County), string(r.ID), r.Seq-1)
		}
		if err != nil {
			_ = tx.Rollback()
			return err
		}
		return tx.Commit()
	}
}

// BenchmarkVerify verifies cases of thirty events each. One operation is one
// event.
//
//	go test ./store -run - -bench Verify
func BenchmarkVerify(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			s := opener(b, databases[name](b))()
			w := storetest.NewWorld(b, s)
			w.Seed()
			workflow, _ := w.Engine.Workflow("loan")
			const cases, events = 200, 30
			var group sync.WaitGroup
			for range cases {
				c, err := w.Engine.Refold(b.Context(), storetest.County, w.Open(0))
				if err != nil {
					b.Fatal(err)
				}
				group.Go(func() {
					for range events {
						commit, err := noteOn(workflow, c)
						if err == nil {
							err = s.Commit(context.Background(), commit)
						}
						if err != nil {
							b.Error(err)
							return
						}
						c = commit.Case
					}
				})
			}
			group.Wait()
			b.ResetTimer()
			var done int64
			for done < int64(b.N) {
				report, err := s.Verify(b.Context(), w.Engine, nil)
				if err != nil || !report.OK() {
					b.Fatal(err, report.Findings)
				}
				done += report.Events
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
