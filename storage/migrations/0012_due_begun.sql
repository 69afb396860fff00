-- How often something due was taken up by a start: one that ends every process that begins it is set aside at last.
ALTER TABLE due ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
