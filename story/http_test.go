package story_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/api"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/story"
)

// anyOffice gives every office of a county a token that says which it is.
type anyOffice struct {
	mu      sync.Mutex
	county  register.CountyID
	offices map[[32]byte]register.OfficeID
}

func (a *anyOffice) Lookup(_ context.Context, sum [32]byte) (api.Token, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	office, ok := a.offices[sum]
	return api.Token{County: a.county, Office: office}, ok, nil
}

func (a *anyOffice) token(office register.OfficeID) string {
	text := "jc_" + strings.ReplaceAll(string(office), "-", "_")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.offices[api.HashToken(text)] = office
	return text
}

// httpDriver plays stories over a real connection to the API.
func httpDriver(t *testing.T) *story.HTTPDriver {
	t.Helper()
	var server *httptest.Server
	t.Cleanup(func() {
		if server != nil {
			server.Close()
		}
	})
	return story.NewHTTPDriver(driver(t), http.DefaultClient, func(e *engine.Engine, county register.CountyID) (string, func(register.OfficeID) string, error) {
		if server != nil {
			server.Close()
		}
		tokens := &anyOffice{county: county, offices: map[[32]byte]register.OfficeID{}}
		server = httptest.NewServer(api.New(api.Config{Engine: e, County: county, Tokens: tokens, Demo: true,
			Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
			Log: slog.New(slog.NewTextHandler(io.Discard, nil))}))
		return server.URL, tokens.token, nil
	})
}
