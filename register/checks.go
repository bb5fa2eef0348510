package register

import (
	"reflect"
	"slices"

	"jinchu/calendar"
)

// postsOf says in which kinds of organization a post exists.
var postsOf = map[Post][]OrgKind{
	BranchSecretary:    {Branch},
	OrgCommissioner:    {Branch, GeneralBranch},
	GeneralBranchChief: {GeneralBranch},
	CommitteeReviewer:  {Committee},
	CommitteeSecretary: {Committee},
	Organizer:          {Committee, County},
	DepartmentOfficer:  {Department},
	CountyReviewer:     {County},
	CountyHead:         {County},
	Inspector:          {County, Department},
	Auditor:            {County, Department},
	Administrator:      {County},
}

// Fits reports whether the post exists in organizations of the kind.
func (p Post) Fits(k OrgKind) bool { return slices.Contains(postsOf[p], k) }

// Check reports the first thing wrong with an entity on its own or beside the
// rest of the register on a day, as a [Fault] whose Where begins with the
// entity's chain; or else the view's own failure. It does not ask who wants
// the change.
func Check(v View, county CountyID, e Entity, on calendar.Date) error {
	err := e.Valid()
	if err == nil {
		err = beside(v, county, e, on)
	}
	if failed := v.Err(); failed != nil {
		return failed
	}
	if f, ok := err.(*Fault); ok {
		located := *f
		located.Where = e.Subject().Chain() + "." + f.Where
		return &located
	}
	return err
}

// beside compares an entity with the register around it.
func beside(v View, county CountyID, e Entity, on calendar.Date) error {
	switch e := e.(type) {
	case *Org:
		return e.beside(v, county, on)
	case *Person:
		return e.beside(v, on)
	case *Office:
		return e.beside(v, on)
	case *Kin:
		return e.beside(v)
	case *Plan:
		return e.beside(v)
	case *Pool:
		return e.beside(v)
	case *Quarter:
		return e.beside(v)
	case *Filing:
		return e.beside(v)
	}
	return fault("unknown-kind", "", "没有这种登记", "the register holds no %T", e)
}

func (o *Org) beside(v View, county CountyID, on calendar.Date) error {
	old, known := v.Org(o.ID)
	if known && (old.Parent != o.Parent || old.Path != o.Path || old.Kind != o.Kind) {
		return fault("org-fixed", "parent", "组织的上级和类别不可更改;请撤销后另设",
			"the kind and the superior of an organization stay as they are, its cases and people hang on them; dissolve it and found another")
	}
	if (o.Kind == County) != (o.ID == OrgID(county)) {
		return fault("bad-county", "id", "县(市)委组织部的代码须为县代码", "the county, and only the county, has the county's code as its identifier")
	}
	if o.Kind == County {
		return nil
	}
	above, ok := v.Org(o.Parent)
	switch {
	case !ok:
		return fault("unknown-org", "parent", "登记册中没有上级组织", "the superior organization %q is not in the register; add it first", o.Parent)
	case above.Kind == Branch || above.Kind == Department:
		return fault("bad-parent", "parent", "支部和部门没有下级组织", "a branch or department has no organizations under it")
	case o.Path != above.Path+"/"+string(o.ID):
		return fault("bad-path", "path", "组织路径与上级不符", "the path has to be %q", above.Path+"/"+string(o.ID))
	case !known && !above.Live(on):
		return fault("org-ended", "parent", "上级组织当日不存在(未成立或已撤销)", "the superior organization %q does not exist on %s", o.Parent, on)
	}
	return nil
}

func (p *Person) beside(v View, on calendar.Date) error {
	old, known := v.Person(p.ID)
	if p.Org != "" && (!known || old.Org != p.Org) {
		if err := liveOrg(v, p.Org, on); err != nil {
			return err
		}
	}
	if p.IDHash == "" {
		return nil
	}
	if other, taken := v.Lookup(p.IDHash); taken && other.ID != p.ID {
		return fault("id-taken", "id_hash", "该身份证号已登记在另一人名下;如系转入,请办理转接",
			"this ID number belongs to another person of the register; if they have moved, transfer them")
	}
	return nil
}

func liveOrg(v View, id OrgID, on calendar.Date) error {
	switch o, ok := v.Org(id); {
	case !ok:
		return fault("unknown-org", "org", "登记册中没有此组织", "organization %q is not in the register; add it first", id)
	case !o.Live(on):
		return fault("org-ended", "org", "该组织当日不存在(未成立或已撤销)", "organization %q does not exist on %s", id, on)
	}
	return nil
}

func (o *Office) beside(v View, on calendar.Date) error {
	if o.Person == "" {
		return fault("no-person", "person", "请填写任职人员", "an office is held by a person")
	}
	if old, known := v.Office(o.ID); known {
		if old.Person != o.Person || old.Post != o.Post || old.Org != o.Org {
			return fault("office-fixed", "id", "一个任期只属于一人一岗;请结束本任期并另设任期",
				"one office is one term of one person in one post; end it and begin another")
		}
	} else if err := liveOrg(v, o.Org, on); err != nil {
		return err
	}
	if _, ok := v.Person(o.Person); !ok {
		return unknownPerson("person", o.Person)
	}
	if org, ok := v.Org(o.Org); ok && !o.Post.Fits(org.Kind) {
		return fault("post-misplaced", "post", "该类组织没有这个岗位", "an organization of kind %q has no post %q", org.Kind, o.Post)
	}
	return nil
}

func unknownPerson(where string, id PersonID) *Fault {
	return fault("unknown-person", where, "登记册中没有此人", "person %q is not in the register; add them first", id)
}

func (k *Kin) beside(v View) error {
	if _, ok := v.Person(k.A); !ok {
		return unknownPerson("a", k.A)
	}
	if _, ok := v.Person(k.B); !ok {
		return unknownPerson("b", k.B)
	}
	return nil
}

func (p *Plan) beside(v View) error {
	switch o, ok := v.Org(p.Org); {
	case !ok:
		return fault("unknown-org", "org", "登记册中没有此组织", "organization %q is not in the register; add it first", p.Org)
	case !o.Approves:
		return fault("no-power", "org", "计划只下达给有审批权限的党委", "a plan is given to a committee with power to approve, and %q is none", p.Org)
	}
	return nil
}

func (p *Pool) beside(v View) error {
	for _, q := range v.Pools() {
		if q.ID != p.ID && p.Overlaps(q) {
			return fault("pool-overlaps", "first", "编号段与已有编号段重叠", "the serials overlap with those of pool %q", q.ID)
		}
	}
	return nil
}

// beside wants what was published of a quarter to stay as it is: points are
// added to those drawn, nothing else changes.
func (q *Quarter) beside(v View) error {
	old, known := v.Quarter(q.ID)
	if !known {
		return nil
	}
	was, is := *old, *q
	was.Drawn, is.Drawn, was.ClosedOn, is.ClosedOn = nil, nil, calendar.Date{}, calendar.Date{}
	n := len(old.Drawn)
	if !reflect.DeepEqual(was, is) || len(q.Drawn) < n || !slices.Equal(old.Drawn, q.Drawn[:n]) || !old.ClosedOn.IsZero() && old.ClosedOn != q.ClosedOn {
		return fault("quarter-fixed", "id", "季度抽查的开启记录和已抽时点不可更改", "the opening of a quarter and the points drawn stay as they were published")
	}
	return nil
}

// beside wants a filing to stay what was filed, and once it is held or
// withdrawn to stay so.
func (f *Filing) beside(v View) error {
	for _, old := range v.Filings(f.Branch) {
		if old.ID != f.ID {
			continue
		}
		if old.At != f.At || old.Stratum != f.Stratum || old.Point != 0 && (old.Point != f.Point || old.Withdrawn != f.Withdrawn || old.WithdrawnOn != f.WithdrawnOn || !slices.Equal(old.Cases, f.Cases)) {
			return fault("filing-fixed", "id", "备案内容不可更改;请撤回后另行备案", "a filing stays as it was filed; withdraw it and file anew")
		}
	}
	return nil
}
