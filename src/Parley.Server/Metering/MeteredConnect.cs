using Microsoft.AspNetCore.Http.Features;

namespace Parley.Server;

/// <summary>An HTTP/2 request that becomes a socket (RFC 8441), metered.</summary>
internal sealed class MeteredConnect(IHttpExtendedConnectFeature inner, SocketMeter meter) : IHttpExtendedConnectFeature
{
    public bool IsExtendedConnect => inner.IsExtendedConnect;

    public string? Protocol => inner.Protocol;

    public async ValueTask<Stream> AcceptAsync() => new MeteredStream(await inner.AcceptAsync().ConfigureAwait(false), meter);
}
