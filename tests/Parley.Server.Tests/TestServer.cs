namespace Parley.Server.Tests;

/// <summary>
/// Servers on a port of the system's choice, which neither ping nor give anybody up for being slow unless a test asks for it.
/// </summary>
internal static class TestServer
{
    public static Task<ParleyServer> StartAsync(Action<SignalingOptions>? configure = null, TimeProvider? time = null, int port = 0)
    {
        var options = new ParleyServerOptions { Port = port };
        options.Signaling.PingInterval = options.Signaling.PingTimeout = options.Signaling.WriteTimeout = TimeSpan.FromMinutes(10);
        options.Signaling.ResumeTime = Patience.Limit;
        configure?.Invoke(options.Signaling);
        return ParleyServer.StartAsync(options, timeProvider: time);
    }
}
