table: object  # a capsule that holds the block table, for _dispatch
