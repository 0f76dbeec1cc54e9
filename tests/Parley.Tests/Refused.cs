namespace Parley.Tests;

/// <summary>Calls that a connection must refuse, by the DOMException name of the specification.</summary>
internal static class Refused
{
    public static void With(string name, Action call) => Assert.Equal(name, Assert.ThrowsAny<RtcException>(call).Name);

    public static async Task WithAsync(string name, Func<Task> call) =>
        Assert.Equal(name, (await Assert.ThrowsAnyAsync<RtcException>(call)).Name);
}
