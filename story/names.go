package story

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// names is what the names of a story stand for. Identifiers follow from the
// run, the story and the name, so that stories share a database.
type names struct {
	mark    string // of the run and the story
	county  register.CountyID
	orgs    map[string]*register.Org
	people  map[string]*register.Person // as the story made them; the store knows better
	offices map[string][]*register.Office
	cases   map[string]*caseName
	anon    map[register.OrgID]int
	kin     map[[2]register.PersonID]bool // recorded and close, in the order of the entity
}

// caseName is a case of the story.
type caseName struct {
	id       engine.CaseID
	workflow string
	person   register.PersonID
	org      register.OrgID
	last     *engine.Answer // to the last act
	lastDay  calendar.Date  // on which it happened
}

func newNames(run, story string, county register.CountyID) *names {
	sum := sha256.Sum256([]byte(run + "/" + story))
	return &names{mark: hex.EncodeToString(sum[:4]), county: county, orgs: map[string]*register.Org{},
		people: map[string]*register.Person{}, offices: map[string][]*register.Office{},
		cases: map[string]*caseName{}, anon: map[register.OrgID]int{}, kin: map[[2]register.PersonID]bool{}}
}

// id is the identifier of a name.
func (n *names) id(kind, name string) string {
	return kind + "-" + strings.ReplaceAll(name, ".", "-") + "-" + n.mark
}

// begin is what every story has: the county and its departments.
func (n *names) begin() []register.Entity {
	root := &register.Org{ID: register.OrgID(n.county), Kind: register.County, Name: "枣阳市委组织部", Path: string(n.county)}
	n.orgs["county"] = root
	out := []register.Entity{root}
	for _, d := range departments {
		made, _ := n.addOrg(d.name, "county", register.Org{Kind: register.Department, Name: d.title, Duty: d.duty})
		out = append(out, made...)
	}
	return out
}

func (n *names) addOrg(name, parent string, o register.Org) ([]register.Entity, error) {
	above := n.orgs[parent]
	o.ID = register.OrgID(n.id("o", name))
	o.Parent, o.Path = above.ID, above.Path+"/"+string(o.ID)
	if err := o.Valid(); err != nil {
		return nil, err
	}
	n.orgs[name] = &o
	return []register.Entity{&o}, nil
}

// addAnonymous makes full members without names; ORG.1, ORG.2 ... name them.
func (n *names) addAnonymous(org string, count int) []register.Entity {
	o := n.orgs[org]
	var out []register.Entity
	for range count {
		n.anon[o.ID]++
		name := fmt.Sprintf("%s.%d", org, n.anon[o.ID])
		p := &register.Person{ID: register.PersonID(n.id("p", fmt.Sprintf("%s.%04d", org, n.anon[o.ID]))), Org: o.ID,
			Name: surnameOf(name) + "示例" + fmt.Sprint(n.anon[o.ID]), Sex: "1", Birth: calendar.On(1970, 1, 1),
			Standing: register.Full, Since: calendar.On(2000, 7, 1), PartyAge: calendar.On(1999, 7, 1)}
		n.people[name] = p
		out = append(out, p)
	}
	return out
}

// office is the office a line names.
func (n *names) office(who officeName) (*register.Office, error) {
	if who.person == "clock" {
		return &register.Office{ID: engine.ClockOffice, Post: register.Clock, Org: register.OrgID(n.county)}, nil
	}
	var found []*register.Office
	for _, o := range n.offices[who.person] {
		if who.post == "" || string(o.Post) == who.post {
			found = append(found, o)
		}
	}
	switch {
	case len(found) == 0:
		return nil, &Error{who.pos, fmt.Sprintf("%q holds no office %s", who.person, who.post)}
	case len(found) > 1:
		return nil, &Error{who.pos, fmt.Sprintf("%q holds several offices: write %s/%s", who.person, who.person, found[0].Post)}
	}
	return found[0], nil
}

// peopleOf are the people a list of names stands for: NAME, ORG.3, ORG.3..7.
func (n *names) peopleOf(list string) ([]register.PersonID, error) {
	var out []register.PersonID
	for _, name := range strings.Split(list, ",") {
		ids, err := n.named(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// unknownPerson is somebody no register knows; stories call them nobody.
const unknownPerson register.PersonID = "p-nobody"

func (n *names) named(name string) ([]register.PersonID, error) {
	if p := n.people[name]; p != nil {
		return []register.PersonID{p.ID}, nil
	}
	if name == "nobody" {
		return []register.PersonID{unknownPerson}, nil
	}
	org, numbers, _ := strings.Cut(name, ".")
	var from, to int
	if _, err := fmt.Sscanf(numbers, "%d..%d", &from, &to); err != nil || from < 1 || to < from || n.orgs[org] == nil {
		return nil, fmt.Errorf("nobody is named %q", name)
	}
	var out []register.PersonID
	for i := from; i <= to; i++ {
		p := n.people[fmt.Sprintf("%s.%d", org, i)]
		if p == nil {
			return nil, fmt.Errorf("%s has no member %d without a name", org, i)
		}
		out = append(out, p.ID)
	}
	return out, nil
}

// nameOf is the story's name for an identifier, or the identifier.
func (n *names) nameOf(id string) string {
	for name, p := range n.people {
		if string(p.ID) == id {
			return name
		}
	}
	for name, o := range n.orgs {
		if string(o.ID) == id {
			return name
		}
	}
	return id
}

// inKey is the key of something scarce with the story's names for what it
// names, parted by slashes.
func (n *names) inKey(key string) string {
	parts := strings.Split(key, "/")
	for i := range parts {
		parts[i] = n.nameOf(parts[i])
	}
	return strings.Join(parts, "/")
}

// closeKin reports whether the story made two people close kin.
func (n *names) closeKin(a, b register.PersonID) bool {
	return n.kin[[2]register.PersonID{a, b}] || n.kin[[2]register.PersonID{b, a}]
}

var surnames = map[string]string{
	"lin": "林", "wu": "吴", "qian": "钱", "zhao": "赵", "chen": "陈", "han": "韩", "sun": "孙", "zhou": "周", "lu": "陆",
	"li": "李", "wang": "王", "zhang": "张", "liu": "刘", "yang": "杨", "huang": "黄", "zheng": "郑", "feng": "冯",
	"he": "何", "xu": "徐", "ma": "马", "zhu": "朱", "hu": "胡", "guo": "郭", "gao": "高", "luo": "罗", "song": "宋",
	"tang": "唐", "deng": "邓", "cao": "曹", "peng": "彭", "fang": "方", "shen": "沈", "yu": "余", "pan": "潘", "du": "杜",
	"dai": "戴", "xia": "夏", "tian": "田", "ren": "任", "jiang": "江", "fan": "范", "shi": "石", "yao": "姚", "tan": "谭",
}

// surnameOf is the Chinese surname for a story's name; any, where the name is
// none.
func surnameOf(name string) string {
	if s := surnames[strings.TrimRight(name, "0123456789-")]; s != "" {
		return s
	}
	sum := sha256.Sum256([]byte(name))
	any := []string{"方", "石", "江", "陶", "姜", "谢", "邹", "苏", "潘", "葛", "范", "彭", "鲁", "韦", "马", "苗"}
	return any[sum[0]%16]
}
