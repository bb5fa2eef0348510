package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// Driver is what a story is played through: the engine over a store, or a
// server. Errors of acts are the engine's own ([engine.Refused],
// [engine.Invalid], [engine.NotFound], [engine.Conflict]).
type Driver interface {
	// Begin makes ready for a story with the county's profile, "" for the
	// national floor, and values set over it. It returns the county and the
	// mark that tells the identifiers of this run from those of others.
	Begin(ctx context.Context, story, profile string, set []Setting) (register.CountyID, string, error)
	// Register keeps changes of the register.
	Register(ctx context.Context, entities []register.Entity, on calendar.Date, at time.Time) error
	// Act does one move.
	Act(ctx context.Context, office register.OfficeID, m engine.Move, now time.Time) (*engine.Answer, error)
	// Look is a case as it stands.
	Look(ctx context.Context, id engine.CaseID, now time.Time) (*State, error)
	// Outlook is a case as an office sees it.
	Outlook(ctx context.Context, office register.OfficeID, id engine.CaseID, now time.Time) (*View, error)
	// Person is a person as the register knows them now.
	Person(ctx context.Context, id register.PersonID, now time.Time) (*register.Person, error)
	// Members are the people kept in an organization.
	Members(ctx context.Context, org register.OrgID, now time.Time) ([]*register.Person, error)
	// Cases are the cases of a workflow that depend on a case, or are kept in
	// an organization, oldest first; "" does not select.
	Cases(ctx context.Context, workflow string, parent engine.CaseID, org register.OrgID) ([]engine.Row, error)
	// Clock runs what the calendar does as of an instant.
	Clock(ctx context.Context, now time.Time) error
	// Verify checks everything of the story's county: the chains, and that
	// every case is what folding its events gives.
	Verify(ctx context.Context) error
	// Param is a number of the story's profile on a day.
	Param(key string, on calendar.Date) int
	// Workflow is what the language knows of a workflow.
	Workflow(key string) (*engine.Workflow, bool)
}

// Setting is a parameter of the profile set for one story.
type Setting struct {
	Key   string
	Value string // as written
}

// State is a case as seen from outside.
type State struct {
	Stage string
	Org   register.OrgID // the branch that keeps the case
	Trail []Done         // oldest first
	Seq   int64
	Round int
	Ended bool
	Due   []engine.Deadline
	Held  map[string]string
	Facts map[string]json.RawMessage // a list for a repeated field
}

// Done is an act that a case has seen.
type Done struct {
	Action string
	On     calendar.Date
}

// View is what an office is offered and refused in a case.
type View struct {
	Offered []string // actions
	Blocked map[string][]engine.Ground
}

// ErrCannot tells that a driver has no way to do what a line asks. The story
// is then skipped, not failed.
var ErrCannot = errors.New("this way of playing stories cannot do that")

// applySettings puts a story's settings over a profile; nil is the national floor.
// Values count on all days. A value outside its bounds, or a parameter that
// no workflow has, is an error.
func applySettings(profile *engine.Profile, set []Setting, params []*engine.Param) (*engine.Profile, error) {
	if len(set) == 0 {
		return profile, nil
	}
	values := map[string]int{}
	for _, s := range set {
		p := paramOf(params, s.Key)
		if p == nil {
			return nil, fmt.Errorf("there is no parameter %q", s.Key)
		}
		v, err := paramValue(s.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Key, err)
		}
		if err := p.Allows(v); err != nil {
			return nil, err
		}
		values[s.Key] = v
	}
	out := &engine.Profile{Name: "story"}
	if profile != nil {
		*out = *profile
		out.Periods = nil
		for _, period := range profile.Periods {
			kept := engine.Period{From: period.From, Values: map[string]int{}}
			for k, v := range period.Values {
				if _, over := values[k]; !over {
					kept.Values[k] = v
				}
			}
			out.Periods = append(out.Periods, kept)
		}
	}
	out.Periods = append([]engine.Period{{From: calendar.On(1921, 7, 1), Values: values}}, out.Periods...)
	return out, nil
}

func paramOf(params []*engine.Param, key string) *engine.Param {
	for _, p := range params {
		if p.Key == key {
			return p
		}
	}
	return nil
}
