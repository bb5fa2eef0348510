package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"jinchu/api"
	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/draw"
	"jinchu/register"
	"jinchu/spotcheck"
	"jinchu/store"
	"jinchu/workflows"
)

type serveCmd struct {
	Addr   string `help:"Address to listen on." default:"127.0.0.1:8420"`
	County string `help:"Six-digit code of the county." default:"420683"`
	Token  string `help:"Issue a token for this office, print it once, and end." placeholder:"OFFICE"`
	Label  string `help:"What the token is for." default:"API"`
	Until  string `help:"First day on which the token is no longer good." placeholder:"DATE"`
	NoJobs bool   `help:"Run no jobs: for a web server beside one that does."`
	secondHolder
	regulation
	database
}

// Run serves until it is told to stop, or issues a token.
func (c *serveCmd) Run(ctx context.Context) error {
	s, e, err := openEngine(ctx, c.database, c.regulation, true)
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Token != "" {
		return c.issue(ctx, s)
	}
	county := register.CountyID(c.County)
	site, err := newSite(s, e, county, c.keyFolder(), c.secondHolder)
	if err != nil {
		return err
	}
	site.tokens, site.noJobs = storedTokens{s, county}, c.NoJobs
	return site.serve(ctx, c.Addr)
}

// keyFolder is where the key of the ID numbers lies: beside the embedded
// database, or in the folder the user keeps for settings.
func (d database) keyFolder() string {
	if d.Data != "" {
		return d.Data
	}
	if dir, err := os.UserConfigDir(); err == nil {
		return filepath.Join(dir, "jinchu")
	}
	return "."
}

// issue makes a token for an office and prints it once.
func (c *serveCmd) issue(ctx context.Context, s *store.Store) error {
	t := store.Token{Office: register.OfficeID(c.Token), Label: c.Label}
	if c.Until != "" {
		day, err := calendar.Parse(c.Until)
		if err != nil {
			return err
		}
		t.Expires = day
	}
	county := register.CountyID(c.County)
	view := s.View(ctx, county)
	if _, ok := view.Office(t.Office); !ok {
		return errors.Join(fmt.Errorf("there is no office %q in county %s", c.Token, county), view.Err())
	}
	text, hash, err := api.NewToken(rand.Reader)
	if err != nil {
		return err
	}
	if err := s.AddToken(ctx, county, hash, t, time.Now()); err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}

// storedTokens are the tokens the store keeps.
type storedTokens struct {
	store  *store.Store
	county register.CountyID
}

// Lookup implements [api.Tokens].
func (t storedTokens) Lookup(ctx context.Context, sum [32]byte) (api.Token, bool, error) {
	kept, ok, err := t.store.Token(ctx, t.county, sum)
	return api.Token{County: t.county, Office: kept.Office, Expires: kept.Expires, Label: kept.Label}, ok, err
}

// site is a county served over HTTP.
type site struct {
	store    *store.Store
	engine   *engine.Engine
	county   register.CountyID
	keys     *register.Keys
	tokens   api.Tokens
	now      func() time.Time
	accounts []api.Account // of a demonstration
	noJobs   bool
	log      *slog.Logger
	keeper   *spotcheck.Keeper
}

// newSite is a county with its keys, which lie in a folder.
func newSite(s *store.Store, e *engine.Engine, county register.CountyID, folder string, second secondHolder) (*site, error) {
	master, err := countyMaster(folder)
	if err != nil {
		return nil, err
	}
	keys, err := register.NewKeys(master)
	if err != nil {
		return nil, err
	}
	holder, err := second.remote()
	if err != nil {
		return nil, err
	}
	keeper, err := newKeeper(e, county, master, holder)
	return &site{store: s, engine: e, county: county, keys: keys, now: time.Now, log: newLog(), keeper: keeper}, err
}

// newLog is the log of a server.
func newLog() *slog.Logger { return slog.New(slog.NewJSONHandler(os.Stderr, nil)) }

// serve listens until the context ends, then lets requests and jobs under way
// finish.
func (s *site) serve(ctx context.Context, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	stopJobs, err := s.startJobs(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopJobs()
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		Handler: api.New(api.Config{Engine: s.engine, County: s.county, Tokens: s.tokens, Now: s.now, Demo: s.accounts != nil,
			Keys: s.keys, Rand: rand.Reader, Draw: drawings, Front: s.front, Draws: s.keeper, Log: s.log})}
	fmt.Printf("\n请用浏览器打开 http://%s/  (Ctrl-C 结束)\nOpen http://%s/ in a browser (Ctrl-C ends)\n", listener.Addr(), listener.Addr())
	return serveUntil(ctx, server, listener)
}

// serveUntil serves until the context ends, then lets requests under way finish.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener) error {
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended <- server.Shutdown(last)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}

// drawings write the regulation for readers.
var drawings = api.Draw{
	Rulebook: func(w io.Writer, wf *engine.Workflow) error { _, err := w.Write(draw.Rulebook(wf)); return err },
	SVG: func(w io.Writer, wf *engine.Workflow) error {
		_, err := w.Write(draw.SVG(wf, draw.Options{}))
		return err
	},
	Mermaid: func(w io.Writer, wf *engine.Workflow) error {
		_, err := io.WriteString(w, draw.Mermaid(wf))
		return err
	},
}

// discreet are the workflows whose cases the first page does not count with the
// others: everybody reads it, and nobody may learn from a number that a meeting
// was drawn. Supervision orders can be about a check; package api counts those
// that cannot.
var discreet = []string{workflows.SpotCheck, workflows.SupervisionOrder}

// front is what the first page shows.
func (s *site) front(ctx context.Context) (api.FrontPage, error) {
	page := api.FrontPage{Today: calendar.DateOf(s.now()), Accounts: s.accounts}
	stages, err := s.store.Stages(ctx, s.county)
	if err != nil {
		return page, err
	}
	counts := map[string]int{}
	for _, f := range stages {
		counts[f.Workflow+"/"+f.Stage] = f.Cases
	}
	for _, w := range s.engine.Workflows() {
		if slices.Contains(discreet, w.Key) {
			continue
		}
		for _, st := range w.Stages() {
			if n := counts[w.Key+"/"+st.Key]; n > 0 {
				page.Stages = append(page.Stages, api.StageCount{Workflow: w.Words, Stage: st.Words, Cases: n})
			}
		}
	}
	overdue, err := s.store.Overdue(ctx, s.county, page.Today)
	if err != nil {
		return page, err
	}
	for _, f := range overdue {
		if w, ok := s.engine.Workflow(f.Workflow); ok && !slices.Contains(discreet, f.Workflow) {
			if a, ok := w.Action(f.Action); ok {
				page.Overdue = append(page.Overdue, api.OverdueCount{Action: a.Words, Cases: f.Cases, Oldest: f.Oldest})
			}
		}
	}
	return page, nil
}
