module interop

go 1.24

require github.com/emmansun/gmsm v0.34.1

require golang.org/x/crypto v0.41.0 // indirect
