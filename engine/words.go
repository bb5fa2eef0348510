package engine

import (
	"jinchu/register"
)

// Words are text for people: Chinese first, English beside it.
type Words struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Article is a citation, for example "细则 19" or "三级预审". Its text stands
// in the statute of the workflows.
type Article string

// Stage is where a case stands. A stage without a way on is an end.
type Stage struct {
	Key   string `json:"key"`
	Words Words  `json:"words"`
	End   bool   `json:"end,omitempty"`
}

// New is the stage of a case before it is opened.
var New = Stage{Key: "new", Words: Words{"未立案", "not opened"}}

// NewStage names a stage.
func NewStage(key, zh, en string) Stage { return Stage{Key: key, Words: Words{zh, en}} }

// EndStage names a stage that ends the case.
func EndStage(key, zh, en string) Stage { return Stage{Key: key, Words: Words{zh, en}, End: true} }

// Action is something a person or the calendar does to a case. Step is its
// number among the customary 25 steps, 0 for none.
type Action struct {
	Key   string `json:"key"`
	Words Words  `json:"words"`
	Step  int    `json:"step,omitempty"`
	// Capacity is that of whoever does it; "" leaves it to [Workflow.Capacity].
	Capacity Capacity `json:"-"`
}

// NewAction names an action.
func NewAction(key, zh, en string) Action { return Action{Key: key, Words: Words{zh, en}} }

// At gives the action its number among the 25 steps.
func (a Action) At(step int) Action { a.Step = step; return a }

// Scope is the relation between the actor's organization and the case's.
type Scope int

// The scopes.
const (
	OwnCase     Scope = iota // the case is kept in the actor's own organization
	Above                    // the actor's organization stands above the case's
	WholeCounty              // any case of the county
	Consulted                // cases in which the actor's department was asked
)

// Role is who may act: a set of posts in a relation to the case.
type Role struct {
	Key   string          `json:"key"`
	Words Words           `json:"words"`
	Posts []register.Post `json:"-"`
	Scope Scope           `json:"-"`
}

// NewRole names a role.
func NewRole(key, zh, en string, scope Scope, posts ...register.Post) Role {
	return Role{Key: key, Words: Words{zh, en}, Posts: posts, Scope: scope}
}

// Clock is the calendar as an actor: what happens because a day has come.
var Clock = NewRole("clock", "系统(时限)", "the clock", WholeCounty, register.Clock)

func (r Role) holds(p register.Post) bool {
	for _, q := range r.Posts {
		if q == p {
			return true
		}
	}
	return false
}
