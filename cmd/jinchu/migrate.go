package main

import (
	"context"
	"fmt"

	"jinchu/store"
)

type migrateCmd struct {
	To int64 `help:"Version to migrate to, 0 for an empty database; the newest by default." default:"-1"`
	database
}

// Run brings the database's tables to a version.
func (c *migrateCmd) Run(ctx context.Context) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	from, to, err := store.Migrate(ctx, config, c.To)
	if err != nil {
		return err
	}
	fmt.Printf("数据库版本 %d → %d。 Database version %d -> %d.\n", from, to, from, to)
	return nil
}
