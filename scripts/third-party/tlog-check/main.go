// Tlog-check reads a published ledger with programs that other people wrote, golang.org/x/mod/sumdb/note and tlog, and
// knows nothing of this project but c2sp.org/tlog-tiles. It opens the checkpoint with the verifier key, derives the root
// again from the tiles and from the entries themselves, and checks inclusion and consistency proofs made from the tiles.
//
//	go run . DIR 'VKEY'        (DIR: what `treatment-ledger publish DIR` wrote, or a copy of it)
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of a tile: 256 hashes

// published reads tiles from a directory. sumdb's paths name the height of a tile, tlog-tiles' do not.
type published string

func (dir published) path(t tlog.Tile) string {
	return filepath.Join(string(dir), strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", t.H), "tile/", 1))
}

func (dir published) Height() int { return height }

func (dir published) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		read, err := os.ReadFile(dir.path(t))
		if err != nil {
			return nil, err
		}
		data[i] = read
	}
	return data, nil
}

func (dir published) SaveTiles([]tlog.Tile, [][]byte) {}

// leaves hashes every entry of the tree anew, from the bundles.
func (dir published) leaves(size int64) (hashes []tlog.Hash, err error) {
	for n := int64(0); n*256 < size; n++ {
		t := tlog.Tile{H: height, L: -1, N: n, W: 256}
		if left := size - n*256; left < 256 {
			t.W = int(left)
		}
		data, err := os.ReadFile(strings.Replace(dir.path(t), "/tile/data/", "/tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		for len(data) >= 2 {
			end := 2 + int(binary.BigEndian.Uint16(data))
			if end > len(data) {
				return nil, fmt.Errorf("bundle %d ends inside an entry", n)
			}
			hashes = append(hashes, tlog.RecordHash(data[2:end]))
			data = data[end:]
		}
	}
	return hashes, nil
}

func check(dir published, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(string(dir), "checkpoint"))
	if err != nil {
		return err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	// tlog.ParseTree expects the first line of Go's own log; ours is a C2SP checkpoint: origin, size, root.
	var origin, rootText string
	var tree tlog.Tree
	if _, err := fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &tree.N, &rootText); err != nil {
		return err
	}
	if tree.Hash, err = tlog.ParseHash(rootText); err != nil {
		return err
	}
	fmt.Printf("checkpoint: %s, %d entries, signed by %s\n", origin, tree.N, verifier.Name())

	tiles := tlog.TileHashReader(tree, dir) // refuses every tile that does not lead to the root
	if root, err := tlog.TreeHash(tree.N, tiles); err != nil || root != tree.Hash {
		return fmt.Errorf("the tiles have the root %v, signed was %v (%v)", root, tree.Hash, err)
	}
	fmt.Println("tiles:      lead to the root that was signed")

	leaves, err := dir.leaves(tree.N)
	if err != nil {
		return fmt.Errorf("entries: %v", err)
	}
	var stored []tlog.Hash // every node of the tree, as tlog numbers them, from the entries alone
	reader := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	})
	for n, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(n), leaf, reader)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || int64(len(leaves)) != tree.N || root != tree.Hash {
		return fmt.Errorf("%d entries have the root %v, signed was %v (%v)", len(leaves), root, tree.Hash, err)
	}
	fmt.Printf("entries:    %d of them hash to the root that was signed\n", len(leaves))

	for _, n := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, n, tiles)
		if err == nil {
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaves[n])
		}
		if err != nil {
			return fmt.Errorf("inclusion of entry %d: %v", n, err)
		}
		fmt.Printf("inclusion:  entry %d, %d hashes\n", n, len(proof))
	}
	for _, n := range []int64{1, tree.N/2 + 1, tree.N} {
		old, err := tlog.TreeHash(n, reader)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, n, tiles)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, n, old)
		}
		if err != nil {
			return fmt.Errorf("consistency with size %d: %v", n, err)
		}
		fmt.Printf("consistency: with size %d, %d hashes\n", n, len(proof))
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tlog-check DIR VKEY")
		os.Exit(2)
	}
	if err := check(published(os.Args[1]), os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "REFUSED:", err)
		os.Exit(1)
	}
	fmt.Println("all of it holds")
}
