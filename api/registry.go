package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

type orgsInput struct {
	Under register.OrgID `query:"under" doc:"the caller's own organization if absent"`
}

func readOrgs(ctx context.Context, s *server, c *call, in *orgsInput) (*bodyOf[[]*register.Org], error) {
	orgs, err := s.Engine.Orgs(ctx, c.actor, in.Under, c.now)
	return &bodyOf[[]*register.Org]{orgs}, err
}

type orgInput struct {
	ID register.OrgID `path:"id"`
}

func readOrg(ctx context.Context, s *server, c *call, in *orgInput) (*bodyOf[*register.Org], error) {
	org, err := s.Engine.Org(ctx, c.actor, in.ID, c.now)
	return &bodyOf[*register.Org]{org}, err
}

func readPeople(ctx context.Context, s *server, c *call, in *orgInput) (*bodyOf[[]PersonView], error) {
	people, err := s.Engine.People(ctx, c.actor, in.ID, c.now)
	return &bodyOf[[]PersonView]{each(people, personView)}, err
}

func readOffices(ctx context.Context, s *server, c *call, in *orgInput) (*bodyOf[[]*register.Office], error) {
	offices, err := s.Engine.Officers(ctx, c.actor, in.ID, c.now)
	return &bodyOf[[]*register.Office]{each(offices, func(o *register.Office) *register.Office { return o })}, err
}

type personInput struct {
	ID register.PersonID `path:"id"`
}

func readPerson(ctx context.Context, s *server, c *call, in *personInput) (*bodyOf[PersonView], error) {
	p, err := s.Engine.Person(ctx, c.actor, in.ID, c.now)
	if err != nil {
		return nil, err
	}
	return &bodyOf[PersonView]{personView(p)}, nil
}

// ChangeBody changes the register, all or nothing. The same change again
// changes nothing more, so it needs no idempotency key.
type ChangeBody struct {
	On      calendar.Date `json:"on,omitzero" format:"date" doc:"the day from which it counts; today if absent"`
	Reason  string        `json:"reason" minLength:"1" maxLength:"4000"`
	Changes []ChangeView  `json:"changes" minItems:"1" maxItems:"500"`
}

// ChangeView is one noun of the register in its new version.
type ChangeView struct {
	Kind     register.Kind   `json:"kind" enum:"org,person,office,kin,plan,pool"`
	Entity   json.RawMessage `json:"entity" doc:"all of it; it replaces the earlier version"`
	IDNumber string          `json:"id_number,omitempty" doc:"of a person; absent keeps the one registered"`
}

type changeInput struct{ Body ChangeBody }

func changeRegister(ctx context.Context, s *server, c *call, in *changeInput) (*struct{}, error) {
	entities := make([]register.Entity, len(in.Body.Changes))
	for i, ch := range in.Body.Changes {
		where := fmt.Sprintf("body.changes[%d]", i)
		e, err := ch.entity(where)
		if p, ok := e.(*register.Person); ok && err == nil {
			e, err = s.sealed(ctx, c, p, ch.IDNumber, where)
		}
		if err != nil {
			return nil, err
		}
		entities[i] = e
	}
	return nil, s.Engine.Change(ctx, c.actor, entities, in.Body.On, in.Body.Reason, c.now)
}

// nouns makes an empty entity of each kind.
var nouns = map[register.Kind]func() register.Entity{
	register.KindOrg:    func() register.Entity { return new(register.Org) },
	register.KindPerson: func() register.Entity { return new(register.Person) },
	register.KindOffice: func() register.Entity { return new(register.Office) },
	register.KindKin:    func() register.Entity { return new(register.Kin) },
	register.KindPlan:   func() register.Entity { return new(register.Plan) },
	register.KindPool:   func() register.Entity { return new(register.Pool) },
}

// entity decodes one change.
func (ch ChangeView) entity(where string) (register.Entity, error) {
	e := nouns[ch.Kind]()
	d := json.NewDecoder(bytes.NewReader(ch.Entity))
	d.DisallowUnknownFields()
	if err := d.Decode(e); err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return nil, problem("unknown-field").at(where + ".entity." + strings.Trim(name, `"`))
		}
		return nil, problem("wrong-type").at(where + ".entity")
	}
	if ch.IDNumber != "" && ch.Kind != register.KindPerson {
		return nil, problem("unknown-field").at(where + ".id_number")
	}
	return e, nil
}

// sealed gives a person the ID number as it is kept: the one before, or a new
// one sealed here. In the clear it goes no further than this.
func (s *server) sealed(ctx context.Context, c *call, p *register.Person, number, where string) (*register.Person, error) {
	if p.IDSealed != nil || p.IDHash != "" || p.IDTail != "" {
		return nil, problem("unknown-field").at(where + ".entity.id_sealed")
	}
	before, err := s.Engine.Person(ctx, c.actor, p.ID, c.now)
	var none *engine.NotFound
	switch {
	case errors.As(err, &none):
		before = &register.Person{} // new, or out of reach: the engine tells
	case err != nil:
		return nil, err
	}
	keep := func() *register.Person {
		p.IDSealed, p.IDHash, p.IDTail = before.IDSealed, before.IDHash, before.IDTail
		return p
	}
	if number == "" {
		return keep(), nil
	}
	if s.Keys == nil {
		return nil, problem("not-supported").at(where + ".id_number")
	}
	n, err := register.ParseID(number, p.Birth, s.Demo)
	var wrong *register.IDError
	switch {
	case errors.As(err, &wrong):
		return nil, problem("bad-id-number").at(where + ".id_number").saying(engine.Words{Zh: wrong.Zh, En: wrong.Error()})
	case err != nil:
		return nil, err
	case before.IDHash == s.Keys.Hash(s.County, n):
		return keep(), nil // not sealed anew, so that a repeated change changes nothing
	}
	nonce := make([]byte, register.NonceLen)
	if _, err := io.ReadFull(s.Rand, nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return p.WithID(s.Keys, s.County, n, nonce)
}
