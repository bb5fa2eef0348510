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
	s, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer s.Close()
	profile, err := c.load()
	if err != nil {
		return err
	}
	e, err := newEngine(s, profile)
	if err != nil {
		return err
	}
	var entities []register.Entity
	for _, o := range register.Orgs(rows, county, c.CountyName) {
		entities = append(entities, o)
	}
	now := time.Now()
	actor := engine.Actor{County: county, Office: engine.ClockOffice}
	if err := e.Change(ctx, actor, entities, calendar.DateOf(now), "import of organizations", now); err != nil {
		return err
	}
	fmt.Printf("已导入 %d 个组织。 %d organizations imported.\n", len(entities), len(entities))
	return nil
}
