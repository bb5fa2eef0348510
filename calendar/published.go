package calendar

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

//go:embed holidays.json
var holidays []byte

// National returns the calendar of the embedded State Council notices. It is
// built once and shared.
func National() *Calendar { return national() }

var national = sync.OnceValue(func() *Calendar {
	c, err := load(holidays)
	if err != nil {
		panic(err) // the file is part of the program, and its test reads it
	}
	return c
})

// notice is one year of holidays.json: holiday -> days as "01-02". A day stands
// in the year it falls in, even if the next year's notice set it.
type notice struct {
	Off, Work map[string][]string
}

// load reads the form of holidays.json. It refuses a year without days off, a day
// listed twice and a make-up day that is not on a weekend: each is a slip of the
// pen in a new year's data.
func load(text []byte) (*Calendar, error) {
	var file struct{ Years map[int]notice }
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("calendar: holidays: %w", err)
	}
	if len(file.Years) == 0 {
		return nil, fmt.Errorf("calendar: holidays: no years")
	}
	first, last := span(file.Years)
	if first < minYear || last > maxYear {
		return nil, fmt.Errorf("calendar: holidays: years %d to %d", first, last)
	}
	c := &Calendar{first: first, years: make([]year, last-first+1), names: map[Date]string{}}
	for number, n := range file.Years {
		if err := c.publish(number, n); err != nil {
			return nil, fmt.Errorf("calendar: holidays of %d: %w", number, err)
		}
	}
	return c, nil
}

func span(years map[int]notice) (first, last int) {
	first, last = maxYear+1, minYear-1
	for number := range years {
		first, last = min(first, number), max(last, number)
	}
	return first, last
}

// publish is for a calendar under construction only.
func (c *Calendar) publish(number int, n notice) error {
	if len(n.Off) == 0 {
		return fmt.Errorf("no days off")
	}
	c.years[number-c.first] = plainWeeks(number)
	if err := c.setAll(number, n.Off, false); err != nil {
		return err
	}
	return c.setAll(number, n.Work, true)
}

func (c *Calendar) setAll(number int, byName map[string][]string, worked bool) error {
	for name, list := range byName {
		for _, day := range list {
			d, err := Parse(fmt.Sprintf("%04d-%s", number, day))
			if err != nil {
				return err
			}
			if c.names[d] != "" || name == "" {
				return fmt.Errorf("%s is listed twice or without a name", d)
			}
			if worked && !weekend(d) {
				return fmt.Errorf("make-up day %s is not on a weekend", d)
			}
			if err := c.set(d, worked, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// plainWeeks is a published year as it would be without holidays.
func plainWeeks(number int) year {
	y := year{published: true}
	for d := On(number, time.January, 1); ; d = d.AddDays(1) {
		if !weekend(d) {
			y.work[d.m] |= 1 << d.d
		}
		if d.m == 12 && d.d == 31 {
			return y
		}
	}
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
