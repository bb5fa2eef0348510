package simulate

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/store"
	"jinchu/workflows"
)

func TestSQLite(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("SIM_PEOPLE"))
	if n == 0 {
		t.Skip()
	}
	p, _ := workflows.LoadProfile("zaoyang")
	s, err := store.Open(context.Background(), store.Config{SQLite: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e, err := engine.NewEngine(s, p, calendar.National(), rand.NewChaCha8([32]byte{1}), workflows.All()...)
	if err != nil {
		t.Fatal(err)
	}
	c := config(t, n, 1)
	begin := time.Now()
	c.Progress = func(done, total int) {
		if done%200 == 0 || done == 1 {
			t.Log(done, time.Since(begin))
		}
	}
	r, err := Play(context.Background(), e, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(begin), r.Acts, r.Refused)
}
