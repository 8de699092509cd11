"""What CloudFront runs at its edges before it looks into its cache: JavaScript, runtime cloudfront-js-2.0.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
"""

from __future__ import annotations

#: S3 takes a plus sign in a path for a space.
_PLUS = "request.uri = request.uri.replace(/\\+/g, '%2B');"

#: Every path without an extension is the app of the one page; what the browser routes by is untouched.
SPA = f"""\
function handler(event) {{
  var request = event.request;
  var last = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') < 0 && request.uri.indexOf('/.well-known/') !== 0) {{
    request.uri = '/index.html';
  }}
  {_PLUS}
  return request;
}}
"""

#: /docs/ is /docs/index.html; /docs is sent to /docs/, so that the page's relative references hold.
PAGES = f"""\
function handler(event) {{
  var request = event.request;
  var uri = request.uri;
  var last = uri.slice(uri.lastIndexOf('/') + 1);
  if (last === '') {{
    request.uri = uri + 'index.html';
  }} else if (last.indexOf('.') < 0 && uri.indexOf('/.well-known/') !== 0) {{
    // A browser takes //host for another site, and a backslash for a slash.
    var location = uri.replace(/^[\\/\\\\]+/, '/') + '/' + query(request.querystring);
    return {{ statusCode: 302, statusDescription: 'Found', headers: {{ location: {{ value: location }} }} }};
  }}
  {_PLUS}
  return request;
}}

function query(parameters) {{
  var parts = [];
  Object.keys(parameters).forEach(function (name) {{
    var parameter = parameters[name];
    (parameter.multiValue || [parameter]).forEach(function (one) {{
      parts.push(one.value === '' ? name : name + '=' + one.value);
    }});
  }});
  return parts.length ? '?' + parts.join('&') : '';
}}
"""

#: The app is asked under its own host name; this is the one that the visitor typed.
API = """\
function handler(event) {
  var request = event.request;
  request.headers['x-forwarded-host'] = { value: request.headers.host.value };
  return request;
}
"""
