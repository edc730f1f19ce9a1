def migrate(cr, version):
    """Tickets that ended before outcomes were recorded."""
    cr.execute(
        """
        UPDATE ntr_ticket
           SET outcome = CASE state WHEN 'cancelled' THEN 'other' ELSE 'solved' END
         WHERE outcome IS NULL
           AND state IN ('solved', 'closed', 'cancelled')
        """
    )
