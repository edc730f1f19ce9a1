"""The Odoo configurations that we write, made from the repository's odoo.conf."""

import configparser

from .problem import Problem


def write_config(layout, name, endpoint, data_dir, odoo, **settings):
    """Write a configuration file and return its path.

    :param settings: what differs from the repository's odoo.conf
    """
    parser = configparser.RawConfigParser()
    try:
        parser.read(layout.root / "odoo.conf")
    except configparser.Error as error:
        line = str(error).splitlines()[0]
        raise Problem(f"odoo.conf cannot be read: correct it ({line}).") from error
    if not parser.has_section("options"):
        parser.add_section("options")
    values = {
        **dict(parser.items("options")),
        **endpoint.settings,
        "addons_path": ",".join(map(str, [layout.addons, *odoo.addons_paths])),
        "data_dir": str(data_dir),
        **{key: str(value) for key, value in settings.items()},
    }
    values.pop("db_name", None)
    data_dir.mkdir(parents=True, exist_ok=True)
    path = layout.conf / f"{name}.conf"
    temporary = path.with_suffix(".new")
    lines = [f"{key} = {value}\n" for key, value in values.items()]
    temporary.write_text("".join(["[options]\n", *lines]))
    temporary.chmod(0o600)
    temporary.rename(path)
    return path
