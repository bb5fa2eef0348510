package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// RegisterArticle is cited where the register refuses a change.
const RegisterArticle Article = "登记管理"

// ChangeRegister is the action of a change of the register in its refusals.
const ChangeRegister = "change-register"

// changeTries bounds how often a change is checked anew because others were
// first.
const changeTries = 10

// Change is the door of the register: it keeps a batch of entities, all or
// nothing, as known from the day on. Each is checked beside the register and
// the ones before it in the batch, so that a superior organization comes
// before those under it. What is in the register as it is already, is left
// alone: a batch repeated changes nothing.
//
// The answer is [Refused] where the actor's post may not make the change
// (code "not-permitted"), [NotFound] where it concerns what is outside the
// actor's reach, [Invalid] for anything else wrong with the batch, [Conflict]
// where others kept changing the register: nothing was changed. After
// [Unavailable] the same batch may be tried again.
//
// Standing and the rights that come with it change by acts, not by this door.
// Only an administrator may set them here, with a reason: members of long
// standing have to be loaded once. [ClockOffice] may change anything.
func (e *Engine) Change(ctx context.Context, actor Actor, entities []register.Entity, on calendar.Date, reason string, now time.Time) error {
	return e.ChangeBy(ctx, actor, func(View) []register.Entity { return entities }, on, reason, now)
}

// ChangeBy is [Engine.Change] with entities that are made from the register as
// it is at that moment: if it changes under them, they are made anew.
func (e *Engine) ChangeBy(ctx context.Context, actor Actor, entities func(View) []register.Entity, on calendar.Date, reason string, now time.Time) error {
	now = now.UTC().Truncate(time.Microsecond)
	if on.IsZero() {
		on = calendar.DateOf(now)
	}
	for range changeTries {
		err := e.change(ctx, actor, entities, &change{County: actor.County, On: on, Reason: strings.TrimSpace(reason), At: now})
		if !errors.Is(err, ErrStale) {
			return err
		}
	}
	return &Conflict{Code: "stale", Words: Words{"登记册正被他人修改,请稍后重试", "others are changing the register; look again and repeat"}}
}

// change is a batch on its way through the door.
type change Record

// registrar is the actor of a change with what it is judged on.
type registrar struct {
	*change
	office *register.Office
	org    *register.Org
	today  calendar.Date
	draft  *register.Draft
}

func (e *Engine) change(ctx context.Context, actor Actor, entities func(View) []register.Entity, c *change) error {
	c.View = e.store.View(ctx, actor.County)
	r := &registrar{change: c, today: calendar.DateOf(c.At), draft: register.NewDraft(c.View)}
	var err error
	if r.office, r.org, err = officeOf(c.View, actor, r.today); err != nil {
		return err
	}
	c.By = Signer{Office: r.office.ID, Post: r.office.Post, Org: r.office.Org, Person: r.office.Person}
	if err := r.checkDay(); err != nil {
		return err
	}
	for i, entity := range entities(c.View) {
		if err := r.add(i, entity); err != nil {
			return e.keepRefusal(ctx, r, err)
		}
	}
	if len(c.Entities) == 0 {
		return c.View.Err()
	}
	for range c.Entities {
		c.Salts = append(c.Salts, e.salt())
	}
	// The commit point. A caller that leaves does not stop it.
	return e.store.Record(context.WithoutCancel(ctx), (*Record)(c))
}

// keepRefusal keeps the trace of a refused change.
func (e *Engine) keepRefusal(ctx context.Context, r *registrar, err error) error {
	var refused *Refused
	if !errors.As(err, &refused) {
		return err
	}
	trace := &Refusal{County: r.County, Action: refused.Action, Office: r.office.ID, At: r.At, On: r.On}
	for _, g := range refused.Grounds {
		trace.Codes, trace.Articles = append(trace.Codes, g.Code), append(trace.Articles, g.Article)
	}
	if kept := e.store.Refusal(ctx, trace); kept != nil {
		return kept
	}
	return err
}

// checkDay refuses days that cannot be, as for any act.
func (r *registrar) checkDay() error {
	switch {
	case r.office.Post == register.Clock:
		return nil
	case r.On.After(r.today):
		return invalid("future-date", "on", "不得填写将来的日期 "+r.On.String(),
			fmt.Sprintf("the change is dated %s, after today %s; record it when it has happened", r.On, r.today))
	case r.On.Before(r.today) && r.Reason == "":
		return invalid("back-dated", "reason", "补录 "+r.On.String()+" 的事项须说明理由",
			fmt.Sprintf("the change is dated %s, before today %s; say why it is recorded late", r.On, r.today))
	}
	return nil
}

// add judges one entity of the batch and adds it to the draft and, where it
// is new or differs, to what is kept.
func (r *registrar) add(i int, entity register.Entity) error {
	if isNil(entity) {
		return invalid("empty", fmt.Sprintf("entities[%d]", i), "登记内容为空", "the entity is empty")
	}
	subject := entity.Subject()
	if r.draft.Has(subject) {
		return invalid("twice", subject.Chain(), "同一批中重复登记", "the same subject stands twice in the batch")
	}
	old := earlier(r.draft, entity)
	err := r.permit(old, entity)
	if failed := r.View.Err(); failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	err = register.Check(r.draft, r.County, entity, r.On)
	var fault *register.Fault
	if errors.As(err, &fault) {
		return invalid(fault.Code, fault.Where, fault.Zh, fault.En)
	}
	if err != nil {
		return err
	}
	if office, ok := entity.(*register.Office); ok && office.ID == ClockOffice {
		return invalid("reserved", subject.Chain()+".id", "该编号由系统保留", "this identifier belongs to the calendar; take another")
	}
	r.draft.Put(entity)
	if old == nil || !same(old, entity) {
		r.Entities = append(r.Entities, entity)
	}
	return nil
}

// earlier is the entity under the same subject as known now; nil if there is
// none.
func earlier(v register.View, e register.Entity) register.Entity {
	switch e := e.(type) {
	case *register.Org:
		return orNil(v.Org(e.ID))
	case *register.Person:
		return orNil(v.Person(e.ID))
	case *register.Office:
		return orNil(v.Office(e.ID))
	case *register.Plan:
		return orNil(v.Plan(e.Org, e.Year))
	case *register.Kin:
		for _, k := range v.Kin(e.A) {
			if k.Subject() == e.Subject() {
				return &k
			}
		}
	case *register.Pool:
		for _, p := range v.Pools() {
			if p.ID == e.ID {
				return p
			}
		}
	case *register.Quarter:
		return orNil(v.Quarter(e.ID))
	case *register.Filing:
		for _, f := range v.Filings(e.Branch) {
			if f.ID == e.ID {
				return f
			}
		}
	}
	return nil
}

// orNil keeps a nil pointer from becoming an entity.
func orNil[T register.Entity](e T, ok bool) register.Entity {
	if !ok {
		return nil
	}
	return e
}

// isNil reports whether there is no entity, also behind a type.
func isNil(e register.Entity) bool {
	v := reflect.ValueOf(e)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// same reports whether two versions of an entity would be kept as the same
// bytes.
func same(a, b register.Entity) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// entitled says which posts may change what; the clock may everything.
var entitled = map[register.Kind]struct {
	posts []register.Post
	words Words
}{
	register.KindOrg:     {administrators, Words{"组织只能由管理员登记", "only an administrator may register organizations"}},
	register.KindOffice:  {administrators, Words{"岗位只能由管理员登记", "only an administrator may register offices"}},
	register.KindPlan:    {slices.Concat(administrators, register.CountyPosts), Words{"年度计划只能由县委组织部或管理员登记", "only the county department or an administrator may set plans"}},
	register.KindPool:    {slices.Concat(administrators, register.CountyPosts), Words{"志愿书编号段只能由县委组织部或管理员登记", "only the county department or an administrator may add form serials"}},
	register.KindKin:     {slices.Concat(administrators, register.CommitteePosts), Words{"亲属关系只能由党委组织干事、书记、组织员或管理员登记", "only the committee's reviewer, secretary or organizer, or an administrator may record kin"}},
	register.KindQuarter: {nil, Words{"季度抽查由系统按程序登记", "the quarters of the spot checks are recorded by procedure"}},
	register.KindFiling:  {nil, Words{"会前备案由系统按程序登记", "filings are recorded by procedure"}},
	register.KindPerson:  {slices.Concat(administrators, register.CountyPosts, register.CommitteePosts, register.BranchPosts), Words{"人员只能由支部书记、组织委员及其上级登记", "only the branch's secretary or commissioner and those above may register people"}},
}

var administrators = []register.Post{register.Administrator}

// aboutOneself keeps officers from registering what concerns themselves.
var aboutOneself = Words{"不得登记或更正本人的信息和亲属关系,请由他人办理", "nobody registers or corrects what concerns himself; another officer does it"}

func notPermitted(words Words) *Refused {
	return &Refused{Action: ChangeRegister, Grounds: []Ground{{Code: "not-permitted", Article: RegisterArticle, Words: words}}}
}

// permit judges whether the actor may make this change at all: by the post,
// by the reach, and by what of a person changes.
func (r *registrar) permit(old, entity register.Entity) error {
	if r.office.Post == register.Clock {
		return nil
	}
	may := entitled[entity.Subject().Kind]
	if !slices.Contains(may.posts, r.office.Post) {
		return notPermitted(may.words)
	}
	switch e := entity.(type) {
	case *register.Person:
		if e.ID == r.office.Person {
			return notPermitted(aboutOneself)
		}
		was, _ := old.(*register.Person)
		return r.permitPerson(was, e)
	case *register.Kin:
		if e.A == r.office.Person || e.B == r.office.Person {
			return notPermitted(aboutOneself)
		}
		a, _ := r.draft.Person(e.A)
		b, _ := r.draft.Person(e.B)
		// Kin are found across branches: it is enough to answer for one.
		if !r.reaches(a) && !r.reaches(b) {
			return &NotFound{"person " + string(e.A)}
		}
	}
	return nil
}

// reaches reports whether the actor answers for a person as registered.
func (r *registrar) reaches(p *register.Person) bool {
	if slices.Contains(administrators, r.office.Post) || slices.Contains(register.CountyPosts, r.office.Post) {
		return true
	}
	if p == nil {
		return false
	}
	if slices.Contains(register.BranchPosts, r.office.Post) {
		return p.Org == r.office.Org
	}
	org, ok := r.draft.Org(p.Org)
	return ok && r.org.Over(org)
}

// permitPerson judges a change of a person. Those below the administrator
// correct data and add people who begin; they give and take no rights.
func (r *registrar) permitPerson(old, p *register.Person) error {
	switch {
	case old != nil && !r.reaches(old):
		return &NotFound{"person " + string(p.ID)}
	case !r.reaches(p):
		return &NotFound{"organization " + string(p.Org)}
	}
	if old == nil {
		old = &register.Person{Standing: p.Standing, Since: p.Since}
		if p.Standing != register.Outside && p.Standing != register.Applicant {
			old.Standing, old.Since = register.Outside, calendar.Date{}
		}
	}
	switch {
	case !sameRights(old, p) && r.office.Post != register.Administrator:
		return notPermitted(Words{"身份、处理和限制只能经程序变更,或由管理员说明理由后登记",
			"standing, sanctions and bars change by procedure, or by an administrator with a reason"})
	case !sameRights(old, p) && r.Reason == "":
		return invalid("reason-needed", "reason", "直接登记身份、处理或限制须说明理由",
			"standing, sanctions and bars are set here only with a reason; say why no procedure does it")
	case old.IDHash != "" && old.IDHash != p.IDHash && slices.Contains(register.BranchPosts, r.office.Post):
		return notPermitted(Words{"已登记的身份证号由上级党委更正", "an ID number once registered is corrected by the committee"})
	}
	return nil
}

// sameRights reports whether two versions of a person have the same standing
// and what gives or takes rights beside it.
func sameRights(a, b *register.Person) bool {
	return a.Standing == b.Standing && a.Since == b.Since && a.PartyAge == b.PartyAge &&
		a.Sanction == b.Sanction && slices.Equal(a.Bars, b.Bars)
}

// Officers are the offices of an organization in the actor's reach, ended
// ones included.
func (e *Engine) Officers(ctx context.Context, actor Actor, org register.OrgID, now time.Time) ([]*register.Office, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	o, err := r.reached(org)
	if err != nil {
		return nil, err
	}
	return r.view.Officers(o.ID), r.view.Err()
}
