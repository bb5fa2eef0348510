package simulate

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/workflows"
)

const zaoyang = register.CountyID("420683")

func open(t *testing.T, profile string) (*engine.Engine, *inmem.Store) {
	t.Helper()
	p, err := workflows.LoadProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	store := inmem.New()
	e, err := engine.NewEngine(store, p, calendar.National(), rand.NewChaCha8([32]byte{1}), workflows.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return e, store
}

func config(t *testing.T, people int, seed uint64) Config {
	t.Helper()
	rows, _, err := register.Divisions(zaoyang)
	if err != nil {
		t.Fatal(err)
	}
	return Config{County: zaoyang, Orgs: register.Orgs(rows, zaoyang, "枣阳市"), Years: 3, People: people, Seed: seed,
		Until: calendar.On(2026, 11, 22)}
}

func TestTry(t *testing.T) {
	e, _ := open(t, "zaoyang")
	r, err := Play(context.Background(), e, config(t, 300, 1))
	if err != nil {
		t.Fatal(err)
	}
	r.Text(os.Stdout)
	for _, m := range r.Mistakes {
		if m.Count == 0 {
			t.Log(m)
		}
	}
}
