package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
)

type sampleExportCmd struct {
	Quarter  string `help:"县和季度。 County and quarter." placeholder:"420683/2026Q3" xor:"what" required:""`
	Campaign string `help:"县和专项抽查名称。 County and name of a campaign." placeholder:"420683/NAME" xor:"what" required:""`
	Out      string `help:"写入的文件;缺省为标准输出。 File to write; standard output if absent." placeholder:"FILE"`
	regulation
	database
}

// Run writes what an auditor needs to repeat the draw: of a quarter opening,
// filings without names, reveal, results, digest; of a campaign list, digest,
// faces and what was drawn. Of a quarter that is not closed it has no keys, and
// nothing that is drawn: whoever verifies it cannot tell.
func (c *sampleExportCmd) Run(ctx context.Context) error {
	if c.Campaign != "" {
		return c.campaign(ctx)
	}
	q, err := sampling.ParseQuarter(c.Quarter)
	if err != nil {
		return err
	}
	county, id, _ := strings.Cut(string(q), "/")
	s, e, err := openEngine(ctx, c.database, c.regulation, false)
	if err != nil {
		return err
	}
	defer s.Close()
	k := &spotcheck.Keeper{Engine: e, County: register.CountyID(county)}
	b, err := k.Bundle(ctx, register.QuarterID(id))
	if err != nil {
		return fmt.Errorf("quarter %s: %w", q, err)
	}
	if err := writeOut(c.Out, b.Encode); err != nil {
		return err
	}
	if len(b.Keys) == 0 {
		fmt.Fprintln(os.Stderr, "该季度尚未公开密钥,资料包不能核验。 The keys of this quarter are not revealed: the bundle cannot be verified yet.")
	}
	return nil
}

func (c *sampleExportCmd) campaign(ctx context.Context) error {
	county, name, ok := strings.Cut(c.Campaign, "/")
	if !ok {
		return errors.New("--campaign 写作 420683/NAME。 --campaign is county and name, 420683/NAME")
	}
	s, e, err := openEngine(ctx, c.database, c.regulation, false)
	if err != nil {
		return err
	}
	defer s.Close()
	k := &spotcheck.Keeper{Engine: e, County: register.CountyID(county)}
	b, err := k.CampaignBundle(ctx, name)
	if err != nil {
		return err
	}
	return writeOut(c.Out, b.Encode)
}

// writeOut writes to a file that appears only when whole, or to standard
// output.
func writeOut(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(os.Stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".jinchu-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
