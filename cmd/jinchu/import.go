package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

type importCmd struct {
	Orgs importOrgsCmd `cmd:"" help:"导入镇、村、社区。 Import towns, villages and communities from CSV."`
}

type importOrgsCmd struct {
	File       string `arg:"" type:"existingfile" help:"CSV: town_code,town,village_code,village."`
	County     string `help:"Six-digit code of the county." default:"420683"`
	CountyName string `help:"Name of the county." default:"枣阳市"`
	regulation
	database
}

// Run imports the whole file or nothing.
func (c *importOrgsCmd) Run(ctx context.Context) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	county := register.CountyID(c.County)
	rows, err := register.ParseOrgs(f, county)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	s, e, err := openEngine(ctx, c.database, c.regulation, true)
	if err != nil {
		return err
	}
	defer s.Close()
	entities, added, err := imported(s.View(ctx, county), register.Orgs(rows, county, c.CountyName))
	if err != nil {
		return err
	}
	now := time.Now()
	actor := engine.Actor{County: county, Office: engine.ClockOffice}
	if err := e.Change(ctx, actor, entities, calendar.DateOf(now), "import of organizations", now); err != nil {
		return err
	}
	fmt.Printf("文件中 %d 个组织,新增 %d 个。 %d organizations in the file, %d of them new.\n", len(entities), added, len(entities), added)
	return nil
}

// imported are the organizations of a file as they are to be recorded: of one
// that is registered already only the name is the file's; when it was founded
// and dissolved, and what it may do, stays as it was recorded.
func imported(v register.View, orgs []*register.Org) (entities []register.Entity, added int, err error) {
	for _, o := range orgs {
		old, known := v.Org(o.ID)
		if known {
			renamed := *old
			renamed.Name = o.Name
			o = &renamed
		} else {
			added++
		}
		entities = append(entities, o)
	}
	return entities, added, v.Err()
}
