.PHONY: check run update bench

check: # what CI runs
	bash .ci/run

run: # made-up people in a temporary folder, first page on loopback
	go run ./cmd/jinchu demo

update: # golden files: read the diff before committing it
	go test ./workflows ./engine/draw ./story ./api -update

bench:
	go run ./cmd/jinchu bench
