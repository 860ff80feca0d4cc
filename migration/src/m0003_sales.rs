//! Sales: orders and their lines.

pub(crate) const SQL: &str = r"
CREATE TABLE sales_order (
    id {uuid} NOT NULL,
    number text NOT NULL,
    customer_id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    placed_at {instant} NOT NULL,
    total_minor {bigint} NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    note text,
    created_at {instant} NOT NULL,
    CONSTRAINT sales_order_pkey PRIMARY KEY (id),
    CONSTRAINT sales_order_number_key UNIQUE (number),
    CONSTRAINT sales_order_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT sales_order_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT sales_order_currency_check CHECK (length(currency) = 3),
    CONSTRAINT sales_order_status_check CHECK (status IN ('PLACED', 'CANCELLED'))
) {strict};
CREATE INDEX sales_order_customer_id_idx ON sales_order (customer_id, placed_at);
CREATE INDEX sales_order_placed_at_idx ON sales_order (placed_at, id);
CREATE INDEX sales_order_rep_id_idx ON sales_order (rep_id, placed_at);

CREATE TABLE order_line (
    id {uuid} NOT NULL,
    order_id {uuid} NOT NULL,
    position {int} NOT NULL,
    product text NOT NULL,
    quantity text NOT NULL,
    unit_price_minor {bigint} NOT NULL,
    total_minor {bigint} NOT NULL,
    CONSTRAINT order_line_pkey PRIMARY KEY (id),
    CONSTRAINT order_line_position_key UNIQUE (order_id, position),
    CONSTRAINT order_line_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales_order (id),
    CONSTRAINT order_line_position_check CHECK (position >= 1)
) {strict};
";
