from odoo import api, models


class NtrCachedMixin(models.AbstractModel):
    """A small catalogue that rules and intake read from the registry's cache.

    Name it first in ``_inherit``. Any change forgets what was cached, again after the
    commit: until then another thread reads the old values and would keep them.
    """

    _name = "ntr.cached.mixin"
    _description = "Read from the cache"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget_cached()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget_cached()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_cached()
        return result

    @api.model
    def _forget_cached(self):
        registry = self.env.registry
        registry.clear_cache()
        self.env.cr.postcommit.add(registry.clear_cache)
