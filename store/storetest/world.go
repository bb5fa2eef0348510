package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/store"
)

// County is the county of the tests; the prefix 99 belongs to no area.
const County = register.CountyID("990001")

// Day is the day of the tests, and Now an instant of it.
var (
	Day = calendar.On(2026, time.June, 1)
	Now = Day.Start().Add(9 * time.Hour)
)

// The small workflow of the tests: a loan of a numbered form. It has a step
// that only moves its case, claims of every kind, an effect, a condition on
// the register and one on dependent cases.
var (
	askFor  = engine.NewAction("ask", "申请", "ask")
	note    = engine.NewAction("note", "记录", "note")
	issue   = engine.NewAction("issue", "发放", "issue")
	spoil   = engine.NewAction("spoil", "作废", "spoil")
	giveUp  = engine.NewAction("give-up", "退回", "give up")
	consume = engine.NewAction("consume", "使用", "consume")
	promote = engine.NewAction("promote", "转正", "promote")
	finish  = engine.NewAction("finish", "办结", "finish")

	asked    = engine.NewStage("asked", "已申请", "asked")
	issued   = engine.NewStage("issued", "已发放", "issued")
	finished = engine.EndStage("finished", "已办结", "finished")

	text = engine.TextField("text", "内容", "text")

	clerk = engine.NewRole("clerk", "经办人", "clerk", engine.OwnCase, register.BranchSecretary)

	serial = &engine.Claim{Kind: engine.SerialKind, Words: engine.Words{Zh: "编号", En: "serial"},
		Pick: func(s *engine.Situation) (string, []engine.Words) {
			if key, ok := s.View.NextSerial(); ok {
				return key, nil
			}
			return "", engine.Missing("无号可发", "no serial is left")
		}}
	slot = &engine.Claim{Kind: "slot", Words: engine.Words{Zh: "名额", En: "slot"},
		Pick: func(s *engine.Situation) (string, []engine.Words) {
			taken := s.View.Held("slot", "")
			for n := 1; n <= 3; n++ {
				key := fmt.Sprint("s", n)
				if !contains(taken, key) {
					return key, nil
				}
			}
			return "", engine.Missing("名额已满", "no slot is left")
		}}

	standingIs = func(want register.Standing) engine.Condition {
		return engine.Cond("standing-"+string(want), "身份为"+string(want), "standing is "+string(want)).
			Holds(func(s *engine.Situation) bool { return s.Subject().Standing == want })
	}
	membersHere = engine.Cond("members", "支部有党员", "the branch has members").
			Holds(func(s *engine.Situation) bool { return len(s.View.Members(s.Case.Org)) > 0 })
	childrenEnded = engine.Cond("children", "附属案件已办结", "dependent cases have ended").OverChildren().
			Holds(func(s *engine.Situation) bool {
			for _, c := range s.View.Children(s.Case.ID) {
				if !c.Ended {
					return false
				}
			}
			return true
		})
	toFull = engine.Effect{Key: "full", Words: engine.Words{Zh: "转正", En: "full"},
		Make: func(s *engine.Situation) []register.Entity {
			return []register.Entity{s.Subject().With(register.Full, s.On)}
		}}
)

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Workflow is a fresh copy of the workflow of the tests.
func Workflow() *engine.Workflow {
	return &engine.Workflow{
		Key: "loan", Words: engine.Words{Zh: "借表", En: "loan"},
		Rules: []engine.Rule{
			engine.Art("1", clerk.May(askFor).In(engine.New).To(asked)),
			engine.Art("2", clerk.May(note).In(asked, issued).Stays().Taking(text).If(membersHere)),
			engine.Art("3", clerk.May(issue).In(asked).To(issued).Claiming(serial.Do(engine.Take), slot.Do(engine.Take))),
			engine.Art("4", clerk.May(spoil).In(issued).To(asked).Claiming(serial.Do(engine.Void), slot.Do(engine.Release))),
			engine.Art("5", clerk.May(giveUp).In(issued).To(asked).Claiming(serial.Do(engine.Release), slot.Do(engine.Release))),
			engine.Art("6", clerk.May(consume).In(issued).Stays().Claiming(serial.Do(engine.Use))),
			engine.Art("7", clerk.May(promote).In(asked, issued).Stays().If(standingIs(register.Probationary)).Making(toFull)),
			engine.Art("8", clerk.May(finish).In(asked, issued).To(finished).If(childrenEnded)),
		},
		Dues: []engine.DueRule{engine.Due(issue).Within(engine.Months(1)).Of(engine.Entry).In(asked).Cite("3")},
	}
}

// Clerk is who acts in the tests.
var Clerk = engine.Actor{County: County, Office: "clerk-1"}

// World is an engine over one handle on a database.
type World struct {
	T      testing.TB
	Store  *store.Store
	Engine *engine.Engine
}

// NewWorld opens the engine over a handle.
func NewWorld(t testing.TB, s *store.Store) *World {
	t.Helper()
	e, err := engine.NewEngine(s, nil, calendar.National(), rand.Reader, Workflow())
	if err != nil {
		t.Fatal(err)
	}
	return &World{t, s, e}
}

// Seed records the register that the tests begin with: a county, a branch,
// its clerk, ten people and a pool of serials.
func (w *World) Seed() {
	w.T.Helper()
	entities := []register.Entity{
		&register.Org{ID: register.OrgID(County), Kind: register.County, Name: "示例县", Path: string(County)},
		&register.Org{ID: "branch", Kind: register.Branch, Name: "示例支部", Parent: register.OrgID(County), Path: string(County) + "/branch"},
		&register.Office{ID: Clerk.Office, Post: register.BranchSecretary, Org: "branch", From: Day.AddYears(-1)},
		&register.Pool{ID: "pool", Prefix: "X", Digits: 4, First: 7, Last: 60},
	}
	for i := range 10 {
		entities = append(entities, person(i, register.Probationary))
	}
	w.Record(entities...)
}

func personID(i int) register.PersonID { return register.PersonID(fmt.Sprintf("p-%02d", i)) }

func person(i int, standing register.Standing) *register.Person {
	return &register.Person{ID: personID(i), Name: "张示例", Org: "branch", Standing: standing, Since: Day.AddYears(-1)}
}

// Record keeps changes of the register.
func (w *World) Record(entities ...register.Entity) {
	w.T.Helper()
	if err := w.record(nil, entities...); err != nil {
		w.T.Fatal(err)
	}
}

func (w *World) record(view engine.View, entities ...register.Entity) error {
	r := &engine.Record{County: County, Entities: entities, By: engine.Signer{Office: "admin"}, At: Now, On: Day, View: view}
	for range entities {
		r.Salts = append(r.Salts, salt())
	}
	return w.Store.Record(context.Background(), r)
}

func salt() (s [32]byte) {
	_, _ = rand.Read(s[:]) // it does not fail
	return s
}

// Open opens a case about a person.
func (w *World) Open(i int) engine.CaseID {
	w.T.Helper()
	return w.openUnder(i, "")
}

func (w *World) openUnder(i int, parent engine.CaseID) engine.CaseID {
	w.T.Helper()
	a, err := w.Engine.Act(context.Background(), Clerk,
		engine.Move{Workflow: "loan", Person: personID(i), Org: "branch", Action: "ask", Parent: parent}, Now)
	if err != nil {
		w.T.Fatal(err)
	}
	return a.Case
}

// Act does one move.
func (w *World) Act(id engine.CaseID, action string) (*engine.Answer, error) {
	return w.Engine.Act(context.Background(), Clerk, engine.Move{Case: id, Action: action}, Now)
}

// Must does one move that has to be accepted.
func (w *World) Must(id engine.CaseID, action string) *engine.Answer {
	w.T.Helper()
	a, err := w.Act(id, action)
	if err != nil {
		w.T.Fatalf("%s: %v", action, err)
	}
	return a
}
