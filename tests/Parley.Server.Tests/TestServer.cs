namespace Parley.Server.Tests;

/// <summary>Servers on a port of the system's choice.</summary>
internal static class TestServer
{
    public static Task<ParleyServer> StartAsync(Action<SignalingOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new ParleyServerOptions { Port = 0 };
        configure?.Invoke(options.Signaling);
        return ParleyServer.StartAsync(options, timeProvider: time);
    }
}
