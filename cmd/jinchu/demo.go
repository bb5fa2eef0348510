package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"jinchu/api"
	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/store"
)

type demoCmd struct {
	Data   string `help:"Folder of the demonstration." default:"jinchu-data" placeholder:"DIR"`
	Addr   string `help:"Loopback address to serve on; another port is taken if this one is." default:"127.0.0.1:8420"`
	Years  int    `help:"Years to play." default:"3"`
	People int    `help:"People who apply." default:"600"`
	Seed   uint64 `help:"The same seed plays the same work." default:"1"`
	Once   bool   `help:"Play and print, without serving." hidden:""`
	regulation
}

// Run makes the folder, plays the work there if it is empty, prints what
// happened, and serves.
func (c *demoCmd) Run(ctx context.Context) error {
	place := database{Data: c.Data}
	s, err := place.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	county, rows, err := embedded()
	if err != nil {
		return err
	}
	if err := c.play(ctx, s, county, rows); err != nil || c.Once {
		return err
	}
	profile, err := c.load()
	if err != nil {
		return err
	}
	e, err := newEngine(s, profile)
	if err != nil {
		return err
	}
	site, err := newSite(s, e, county, c.Data, secondHolder{})
	if err != nil {
		return err
	}
	if err := site.makeAccounts(ctx); err != nil {
		return err
	}
	err = site.serve(ctx, c.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = site.serve(ctx, "127.0.0.1:0")
	}
	return err
}

// demoMark is the file that tells a demonstration from real data. It says
// "playing" until the play has come to its end.
const demoMark = "DEMO"

// play plays into an empty folder; one that was played in is served as it is.
// Real data are never served as a demonstration, and never played into.
func (c *demoCmd) play(ctx context.Context, s *store.Store, county register.CountyID, rows []register.OrgRow) error {
	p := playing{county: county, orgs: register.Orgs(rows, county, "枣阳市"), years: c.Years, people: c.People, seed: c.Seed, keys: c.Data}
	fmt.Printf("演示数据放在 %s;人员均为虚构。 The demonstration lives in %s; its people are made up.\n", c.Data, c.Data)
	mark := filepath.Join(c.Data, demoMark)
	state, err := os.ReadFile(mark)
	switch {
	case err == nil && string(state) == "played":
		fmt.Println("沿用已有的演示数据。 The folder was played in before; it is served as it is.")
		return nil
	case err == nil:
		return fmt.Errorf("the play in %s did not come to its end; delete the folder and begin again", c.Data)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	view := s.View(ctx, county)
	if _, used := view.Org(register.OrgID(county)); used || view.Err() != nil {
		return errors.Join(fmt.Errorf("%s holds data that are not a demonstration; name another folder", c.Data), view.Err())
	}
	if err := os.WriteFile(mark, []byte("playing"), 0o600); err != nil {
		return err
	}
	report, err := p.into(ctx, s, c.regulation)
	if err != nil {
		return err
	}
	if err := report.Text(os.Stdout); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte("played"), 0o600)
}

// demoPosts are the posts a demonstration gives accounts for.
var demoPosts = []register.Post{register.BranchSecretary, register.CommitteeReviewer, register.CommitteeSecretary,
	register.DepartmentOfficer, register.CountyReviewer, register.Inspector, register.Auditor, register.Administrator}

// makeAccounts makes a token for one office of every post, good as long as
// the server runs.
func (s *site) makeAccounts(ctx context.Context) error {
	tokens := api.StaticTokens{}
	view := s.store.View(ctx, s.county)
	today := calendar.DateOf(s.now())
	for _, post := range demoPosts {
		office, org, ok := findOffice(view, register.OrgID(s.county), post, today)
		if !ok {
			continue
		}
		text, hash, err := api.NewToken(rand.Reader)
		if err != nil {
			return err
		}
		tokens[hash] = api.Token{County: s.county, Office: office.ID, Label: "demo"}
		s.accounts = append(s.accounts, api.Account{Post: post, Org: org.Name, Token: text})
		fmt.Printf("  %-20s %-24s %s\n", post, org.Name, text)
	}
	s.tokens = tokens
	return view.Err()
}

// findOffice finds an office of a post that is held, at or below an
// organization.
func findOffice(v engine.View, id register.OrgID, post register.Post, today calendar.Date) (*register.Office, *register.Org, bool) {
	org, ok := v.Org(id)
	if !ok {
		return nil, nil, false
	}
	for _, o := range v.Officers(id) {
		if o.Post == post && o.Held(today) {
			return o, org, true
		}
	}
	for _, below := range v.Below(id) {
		if o, org, ok := findOffice(v, below.ID, post, today); ok {
			return o, org, true
		}
	}
	return nil, nil, false
}
