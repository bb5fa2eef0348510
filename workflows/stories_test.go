package workflows_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/api"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/store"
	"jinchu/store/storetest"
	"jinchu/story"
	"jinchu/workflows"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// TestStories plays every acceptance story in each of the ways in which the
// regulation can be reached: the engine alone, both databases, and HTTP.
func TestStories(t *testing.T) {
	ways := []struct {
		name   string
		driver func(*testing.T) story.Driver
	}{
		{"engine", func(t *testing.T) story.Driver { return over(t, inmem.New()) }},
		{"sqlite", func(t *testing.T) story.Driver {
			return over(t, opened(t, store.Config{SQLite: filepath.Join(t.TempDir(), "stories.db")}))
		}},
		{"postgres", func(t *testing.T) story.Driver {
			return over(t, opened(t, store.Config{Postgres: storetest.Postgres(t)}))
		}},
		{"http", func(t *testing.T) story.Driver { return overHTTP(t) }},
	}
	files := stories(t)
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			d := way.driver(t)
			for _, f := range files {
				t.Run(f.Key(), func(t *testing.T) { playAsWritten(t, d, f) })
			}
		})
	}
}

func playAsWritten(t *testing.T, d story.Driver, f *story.File) {
	res, err := story.Run(context.Background(), f, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range res.Failures {
		t.Error(failure)
	}
	if res.Skipped != "" {
		t.Error("skipped: " + res.Skipped)
	}
}

// stories are the acceptance stories, in the order of their names.
func stories(t *testing.T) []*story.File {
	t.Helper()
	names, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("no stories", err)
	}
	var out []*story.File
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := story.Parse(name, string(text))
		if err != nil {
			t.Fatal(err)
		}
		if id, _, _ := strings.Cut(f.Key(), "-"); !strings.HasPrefix(f.Title, id+": ") {
			t.Errorf("%s: the first line says %q; it begins with %q and says what the story shows", name, f.Title, id+": ")
		}
		out = append(out, f)
	}
	return out
}

func over(t *testing.T, s engine.Store) *story.EngineDriver {
	t.Helper()
	d, err := story.NewEngineDriver(s, t.Name(), workflows.All, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func opened(t *testing.T, config store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// officeTokens gives every office of a county a token that says which it is.
type officeTokens struct {
	county  register.CountyID
	mu      sync.Mutex
	offices map[[32]byte]register.OfficeID
}

func (o *officeTokens) Lookup(_ context.Context, sum [32]byte) (api.Token, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	office, ok := o.offices[sum]
	return api.Token{County: o.county, Office: office}, ok, nil
}

func (o *officeTokens) token(office register.OfficeID) string {
	text := "jc_" + strings.ReplaceAll(string(office), "-", "_")
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offices[api.HashToken(text)] = office
	return text
}

// overHTTP plays stories over real connections, each against a server of its
// own.
func overHTTP(t *testing.T) *story.HTTPDriver {
	t.Helper()
	var server *httptest.Server
	shut := func() {
		if server != nil {
			server.Close()
		}
	}
	t.Cleanup(shut)
	return story.NewHTTPDriver(over(t, inmem.New()), http.DefaultClient, func(e *engine.Engine, county register.CountyID) (string, func(register.OfficeID) string, error) {
		shut()
		tokens := &officeTokens{county: county, offices: map[[32]byte]register.OfficeID{}}
		server = httptest.NewServer(api.New(api.Config{Engine: e, County: county, Tokens: tokens, Demo: true,
			Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
			Log: slog.New(slog.NewTextHandler(io.Discard, nil))}))
		return server.URL, tokens.token, nil
	})
}
