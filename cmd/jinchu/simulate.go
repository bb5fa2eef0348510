package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"jinchu/calendar"
	"jinchu/register"
	"jinchu/simulate"
	"jinchu/store"
)

type simulateCmd struct {
	County     string `help:"CSV of towns and villages; the embedded ones of 420683 if absent." type:"existingfile" placeholder:"FILE"`
	CountyName string `help:"Name of the county." default:"枣阳市"`
	Years      int    `help:"Years to play." default:"3"`
	People     int    `help:"People who apply." default:"3000"`
	Seed       uint64 `help:"The same seed plays the same work." default:"1"`
	JSON       bool   `help:"Print the report as JSON."`
	regulation
	database
}

// Run plays the work into the database and prints what happened.
func (c *simulateCmd) Run(ctx context.Context) error {
	s, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	county, rows, err := c.divisions()
	if err != nil {
		return err
	}
	play := playing{county: county, orgs: register.Orgs(rows, county, c.CountyName), years: c.Years, people: c.People, seed: c.Seed,
		keys: c.keyFolder(), quiet: c.JSON}
	report, err := play.into(ctx, s, c.regulation)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	report.Text(os.Stdout)
	return nil
}

// divisions are the towns and villages to play in, and their county.
func (c *simulateCmd) divisions() (register.CountyID, []register.OrgRow, error) {
	if c.County == "" {
		return embedded()
	}
	county, err := countyOf(c.County)
	if err != nil {
		return "", nil, err
	}
	f, err := os.Open(c.County)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	rows, err := register.ParseOrgs(f, county)
	if err != nil {
		err = fmt.Errorf("%s: %w", c.County, err)
	}
	return county, rows, err
}

// embedded are the divisions of the county the program carries with it.
func embedded() (register.CountyID, []register.OrgRow, error) {
	const county register.CountyID = "420683"
	rows, ok, err := register.Divisions(county)
	if err == nil && !ok {
		err = fmt.Errorf("the divisions of %s are not embedded", county)
	}
	return county, rows, err
}

// countyOf reads the county's code off the first row of a file: the first six
// digits of the town's code.
func countyOf(name string) (register.CountyID, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	line := 0
	digits := make([]byte, 0, 6)
	for _, b := range text {
		switch {
		case b == '\n':
			line++
		case line == 1 && b >= '0' && b <= '9' && len(digits) < 6:
			digits = append(digits, b)
		}
	}
	if len(digits) < 6 {
		return "", fmt.Errorf("%s: line 2 holds no town code of at least six digits", name)
	}
	return register.CountyID(digits), nil
}

// playing is one simulation.
type playing struct {
	county register.CountyID
	orgs   []*register.Org
	years  int
	people int
	seed   uint64
	keys   string // folder of the key
	quiet  bool
}

var errNotEmpty = errors.New("there are cases in the database already; a simulation wants an empty one")

// into plays through the door of a store.
func (p *playing) into(ctx context.Context, s *store.Store, r regulation) (*simulate.Report, error) {
	if figures, err := s.Stages(ctx, p.county); err != nil {
		return nil, err
	} else if len(figures) > 0 {
		return nil, errNotEmpty
	}
	profile, err := r.load()
	if err != nil {
		return nil, err
	}
	e, err := newEngine(s, profile)
	if err != nil {
		return nil, err
	}
	master, err := countyMaster(p.keys)
	if err != nil {
		return nil, err
	}
	keys, err := register.NewKeys(master)
	if err != nil {
		return nil, err
	}
	holders, seal, err := drawKeys(master, nil)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	bar := progress(p.quiet)
	report, err := simulate.Play(ctx, e, simulate.Config{County: p.county, Orgs: p.orgs, Years: p.years, People: p.people,
		Seed: p.seed, Until: calendar.DateOf(start), Keys: keys, Holders: holders, Seal: seal, Progress: bar})
	if err != nil {
		return nil, err
	}
	if !p.quiet {
		fmt.Fprintf(os.Stderr, "\n用时 %s。 Took %s.\n", time.Since(start).Round(100*time.Millisecond), time.Since(start).Round(100*time.Millisecond))
	}
	return report, nil
}

// progress draws a bar on a terminal and nothing elsewhere.
func progress(quiet bool) func(done, total int) {
	if info, err := os.Stderr.Stat(); quiet || err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(int, int) {}
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("演练 playing"),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth())
		}
		bar.ChangeMax(total)
		bar.Set(done)
	}
}
