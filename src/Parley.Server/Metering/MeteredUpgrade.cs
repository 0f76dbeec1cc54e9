using Microsoft.AspNetCore.Http.Features;

namespace Parley.Server;

/// <summary>An HTTP/1.1 request that becomes a socket, metered.</summary>
internal sealed class MeteredUpgrade(IHttpUpgradeFeature inner, SocketMeter meter) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync() => new MeteredStream(await inner.UpgradeAsync().ConfigureAwait(false), meter);
}
