{
    "name": "Reports Printed by Chromium",
    "summary": "Print PDF reports with headless Chromium instead of wkhtmltopdf",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "author": "NTR Service",
    "license": "LGPL-3",
    "depends": ["web"],
    "data": ["data/ir_config_parameter.xml"],
}
