namespace Parley.Server.Tests;

/// <summary>Servers on a port of the system's choice.</summary>
internal static class TestServer
{
    public static Task<ParleyServer> StartAsync(Action<SignalingOptions>? configure = null, TimeProvider? time = null, int port = 0)
    {
        var options = new ParleyServerOptions { Port = port };
        configure?.Invoke(options.Signaling);
        return ParleyServer.StartAsync(options, timeProvider: time);
    }
}
