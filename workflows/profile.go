package workflows

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/BurntSushi/toml"

	"jinchu/calendar"
	"jinchu/engine"
)

//go:embed profiles/*.toml
var profiles embed.FS

// profileFile is the shape of a profile file. Values are grouped by the part
// of the key before the dot, so that "notice.min_working_days = 7" reads as in
// the rulebook; each [[period]] counts from its day on.
type profileFile struct {
	Name     string           `toml:"name"`
	TitleZh  string           `toml:"title_zh"`
	TitleEn  string           `toml:"title_en"`
	DaysOff  []string         `toml:"days_off"`
	Workdays []string         `toml:"workdays"`
	Periods  []map[string]any `toml:"period"`
}

// LoadProfile returns the embedded profile of that name; "national" is the
// national floor, which is nil.
func LoadProfile(name string) (*engine.Profile, error) {
	if name == "national" {
		return nil, nil
	}
	text, err := profiles.ReadFile("profiles/" + name + ".toml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("profile %q: there is no such profile; give national, zaoyang or the path of a file", name)
	}
	if err != nil {
		return nil, err
	}
	return ParseProfile(name, string(text))
}

// ParseProfile reads a profile strictly: an unknown key, a value of the wrong
// type, a period out of order, or a value weaker than the national floor is an
// error, and then nothing is loaded.
func ParseProfile(name, text string) (*engine.Profile, error) {
	var f profileFile
	meta, err := toml.Decode(text, &f)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	for _, key := range meta.Undecoded() {
		if key[0] != "period" { // what a period holds is checked below
			return nil, fmt.Errorf("profile %s: unknown key %q", name, key)
		}
	}
	p := &engine.Profile{Name: f.Name, Words: engine.Words{Zh: f.TitleZh, En: f.TitleEn}}
	var errs []error
	if f.Name == "" {
		errs = append(errs, errors.New("it has no name"))
	}
	for i, period := range f.Periods {
		parsed, err := parsePeriod(period)
		if err == nil && i > 0 && !p.Periods[i-1].From.Before(parsed.From) {
			err = errors.New("it does not begin after the period before it")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("period %d: %w", i+1, err))
		}
		p.Periods = append(p.Periods, parsed)
	}
	for _, list := range []struct {
		days []string
		to   *[]calendar.Date
	}{{f.DaysOff, &p.Off}, {f.Workdays, &p.Work}} {
		for _, day := range list.days {
			d, err := calendar.Parse(day)
			errs = append(errs, err)
			*list.to = append(*list.to, d)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return p, nil
}

func parsePeriod(raw map[string]any) (engine.Period, error) {
	period := engine.Period{Values: map[string]int{}}
	var errs []error
	for group, v := range raw {
		if group == "from" {
			d, err := calendar.Parse(fmt.Sprint(v))
			period.From = d
			errs = append(errs, err)
			continue
		}
		values, ok := v.(map[string]any)
		if !ok {
			errs = append(errs, fmt.Errorf("unknown key %q", group))
			continue
		}
		for name, value := range values {
			errs = append(errs, setParam(period.Values, group+"."+name, value))
		}
	}
	if period.From.IsZero() {
		errs = append(errs, errors.New(`it has no "from" day`))
	}
	return period, errors.Join(errs...)
}

// setParam checks one value against its parameter and keeps it.
func setParam(values map[string]int, key string, value any) error {
	p, ok := ParamByKey(key)
	if !ok {
		return fmt.Errorf("unknown key %q; the rulebook lists the keys", key)
	}
	var n int
	switch v := value.(type) {
	case int64:
		if p.Kind == engine.DateParam {
			return fmt.Errorf("%s takes a day as a text, \"2026-05-11\"", key)
		}
		n = int(v)
	case bool:
		if p.Kind != engine.FlagParam {
			return fmt.Errorf("%s takes a number, not yes or no", key)
		}
		if v {
			n = 1
		}
	case string:
		d, err := calendar.Parse(v)
		if err != nil || p.Kind != engine.DateParam {
			return fmt.Errorf("%s = %q: expected %s", key, v, p.Kind)
		}
		n = d.Year()*10000 + int(d.Month())*100 + d.Day()
	default:
		return fmt.Errorf("%s = %v: expected %s", key, value, p.Kind)
	}
	if err := p.Allows(n); err != nil {
		return err
	}
	values[key] = n
	return nil
}

// ParamByKey finds a parameter of any workflow by its key.
func ParamByKey(key string) (*engine.Param, bool) {
	for _, w := range All() {
		for _, p := range w.Params {
			if p.Key == key {
				return p, true
			}
		}
	}
	return nil, false
}
