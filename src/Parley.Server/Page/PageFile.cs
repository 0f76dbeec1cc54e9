using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Parley.Server;

/// <summary>One file of the page, held in memory.</summary>
internal sealed class PageFile(string contentType, byte[] content, string entityTag)
{
    public async Task ServeAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        SecurityHeaders.Apply(context.Request, response.Headers);
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = entityTag;
        if (EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out IList<EntityTagHeaderValue>? known)
            && known.Any(tag => tag.Tag.Equals(entityTag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
