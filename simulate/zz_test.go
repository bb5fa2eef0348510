package simulate

import (
	"fmt"
"bytes"
"jinchu/register"
	"jinchu/store"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestZZSeeds(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	for seed := uint64(20); seed < 32; seed++ {
		profile := []string{"zaoyang", "national"}[seed%2]
		n := 300
		cfg := config(t, n, seed)
		if seed%3 == 0 {
			cfg.Years = 6
		}
		r := playIn(t, profile, cfg).report
		for _, e := range r.Events {
			if e.Key == "given-up" || e.Key == "lapsed" || e.Key == "converted" {
				fmt.Println(seed, profile, cfg.Years, e.Key, e.Count)
			}
		}
		for _, m := range r.Mistakes {
			if m.Count == 0 {
				fmt.Println("  never", m.Key)
			}
		}
	}
}
func TestZZSpeed(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	s, err := store.Open(t.Context(), store.Config{SQLite: filepath.Join(t.TempDir(), "play.db")})
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	cfg := config(t, 1200, 1)
	cfg.Keys, err = register.NewKeys(bytes.Repeat([]byte{7}, register.MasterLen))
	if err != nil { t.Fatal(err) }
	r, err := Play(t.Context(), newEngine(t, s, "zaoyang"), cfg)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(time.Since(begin), r.Acts, r.Refused)
	r.Text(os.Stdout)
	s.Close()
}
