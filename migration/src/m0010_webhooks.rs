//! Endpoints of other systems and the messages to them. A message is written in the transaction
//! that made it true, and sent later. A track remembers which state was told last.

pub(crate) const SQL: &str = r"
CREATE TABLE webhook (
    id {uuid} NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    events {json} NOT NULL,
    secret text NOT NULL,
    old_secret text,
    old_secret_until {instant},
    created_by {uuid} NOT NULL,
    created_at {instant} NOT NULL,
    disabled_at {instant},
    disabled_reason text,
    failing_since {instant},
    CONSTRAINT webhook_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_created_by_fkey FOREIGN KEY (created_by) REFERENCES user_account (id)
) {strict};

CREATE TABLE webhook_delivery (
    seq {bigserial},
    id {uuid} NOT NULL,
    webhook_id {uuid} NOT NULL,
    rep_id {uuid} NOT NULL,
    event text NOT NULL,
    data {json} NOT NULL,
    occurred_at {instant} NOT NULL,
    state text NOT NULL,
    tries {int} NOT NULL,
    next_try_at {instant} NOT NULL,
    give_up_at {instant} NOT NULL,
    delivered_at {instant},
    last_status {int},
    last_error text{postgres},
    CONSTRAINT webhook_delivery_pkey PRIMARY KEY (seq){/postgres},
    CONSTRAINT webhook_delivery_id_key UNIQUE (id),
    CONSTRAINT webhook_delivery_webhook_id_fkey FOREIGN KEY (webhook_id)
        REFERENCES webhook (id) ON DELETE CASCADE,
    CONSTRAINT webhook_delivery_rep_id_fkey FOREIGN KEY (rep_id) REFERENCES user_account (id),
    CONSTRAINT webhook_delivery_state_check CHECK (state IN ('WAITING', 'DELIVERED', 'FAILED')),
    CONSTRAINT webhook_delivery_delivered_at_check CHECK (
        (state = 'DELIVERED') = (delivered_at IS NOT NULL)
    )
) {strict};
CREATE INDEX webhook_delivery_waiting_idx ON webhook_delivery (webhook_id, rep_id, seq)
    WHERE state = 'WAITING';
CREATE INDEX webhook_delivery_due_idx ON webhook_delivery (webhook_id, next_try_at)
    WHERE state = 'WAITING';
CREATE INDEX webhook_delivery_webhook_id_idx ON webhook_delivery (webhook_id, occurred_at);
CREATE INDEX webhook_delivery_rep_id_idx ON webhook_delivery (rep_id);
CREATE INDEX webhook_delivery_occurred_at_idx ON webhook_delivery (occurred_at);

ALTER TABLE track ADD COLUMN told {json};
";
