"""Lambda handler of the media function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, HTTP, MEDIA

from functions.media.container import MediaFunction
from functions.media.routes import router

handler = create_handler(router, service="media", needs=(HTTP, EVENTS, MEDIA), container=MediaFunction)
